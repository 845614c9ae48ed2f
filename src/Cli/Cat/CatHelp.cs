namespace Moldau.Cli;

/// <summary>What <c>moldau cat -h</c> says.</summary>
internal static class CatHelp
{
    public const string Text = """
        Usage: moldau cat <mode> [options] [files or topics]

        Modes
          -P                 produce from standard input, or from the files named
          -C                 consume to standard output
          -G GROUP TOPIC…    consume as a member of a group; ^… is a pattern
          -L                 list brokers, topics and partitions
          -Q                 offsets by time: -t TOPIC:PARTITION:MS
                             (without a mode: -C at a terminal, -P behind a pipe)

        Options
          -b HOST:PORT,…     the cluster; localhost:9092 unless given
          -t TOPIC           the topic
          -p PARTITION       the partition; all unless given, -1 by key when producing
          -D TEXT  -K TEXT   delimiter of messages (\n), and of key and message; \n \t \xHH
          -k KEY             the key of messages that bring none
          -H NAME=VALUE      a header, as often as needed
          -z CODEC           gzip, snappy, lz4, zstd
          -c N               end after N messages
          -o OFFSET          beginning, end, stored, N, -N for the last N, s@TIME from, e@TIME until;
                             a TIME is milliseconds since 1970 or ISO 8601
          -e                 end when all is read
          -f FORMAT          %s value %S its length %R the same in 4 bytes %k key %K its length
                             %T timestamp %h headers %t topic %p partition %o offset %% percent \n \r \t \xHH
          -J                 JSON
          -O                 the offset before each message
          -Z                 empty is null when producing, null is printed as NULL
          -l                 lines of the file named, not the file as one message
          -T                 print what is sent
          -u                 do not wait for full buffers when printing
          -X KEY=VALUE       the client's configuration; -F FILE reads it from a file
          -m SECONDS         how long the cluster may take to answer (5)
          -q                 no notes on standard error

        Examples
          echo 'alice:hello' | moldau cat -P -t chat -K:
          moldau cat -C -t chat -o -10 -e -f '%p/%o %k: %s\n'
          moldau cat -L -J
          moldau cat -Q -t chat:0:1732212000000
        """;
}
