using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Servers;

/// <summary>
/// The plain C servers of bench/Floor: what this machine can do at all. It is started anew for each workload, as it knows only that one's answers. One that appends writes as a log must, each
/// partition to the end of a file that grows; the other writes over the same pages again and again.
/// </summary>
internal sealed class FloorServer(string program, string directory, bool appends = false) : Server(appends ? "floor-log" : "floor", directory)
{
    private const short FetchVersion = 12;
    private const byte Filler = 0xa5;
    private Workload? _workload;

    public override bool IsKafka => false;

    public override bool Runs(Workload workload) => workload.HasFloor && (!appends || workload.Kind == WorkloadKind.Produce);

    public override bool EnsureStarted(Workload workload)
    {
        if (_workload == workload)
        {
            return false;
        }

        Stop();
        _workload = workload;
        Start();
        return true;
    }

    protected override ProcessStartInfo Command(int port)
    {
        Workload workload = _workload ?? throw new BenchException("the floor has no workload");
        string data = Path.Combine(Folder, "data");
        string answer = Path.Combine(Folder, "answer");
        string at = port.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(program);
        if (workload.Kind == WorkloadKind.Fetch)
        {
            WriteData(data);
            File.WriteAllBytes(answer, Script(workload));
            Array.ForEach(["fetch", at, data, answer], start.ArgumentList.Add);
        }
        else
        {
            File.WriteAllBytes(answer, new ProduceRequests(workload, workload.Name).Answer());
            string pieces = (appends ? workload.PartitionsPerRequest : 0).ToString(CultureInfo.InvariantCulture);
            Array.ForEach(["produce", at, data, Workload.RunBytesMax.ToString(CultureInfo.InvariantCulture), pieces, answer], start.ArgumentList.Add);
        }

        return start;
    }

    protected override bool Answers()
    {
        try
        {
            KafkaClient.Connect(EndPoint).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static void WriteData(string path)
    {
        byte[] block = new byte[1024 * 1024];
        new Random(2).NextBytes(block);
        using FileStream file = File.Create(path);
        for (long written = 0; written < Workload.FetchedTopicBytes; written += block.Length)
        {
            file.Write(block);
        }
    }

    /// <summary>A whole answer with filler for records, cut where the filler is: pieces of bytes, each with the length of the range that follows.</summary>
    private static byte[] Script(Workload workload)
    {
        byte[] filler = new byte[workload.FetchPartitionBytes];
        Array.Fill(filler, Filler);
        byte[] answer = KafkaClient.Answer(
            ApiKey.Fetch,
            FetchVersion,
            new FetchResponse
            {
                Responses =
                [
                    new FetchResponse.FetchableTopicResponse
                    {
                        Topic = workload.Name,
                        Partitions = [.. Enumerable.Range(0, workload.Partitions).Select(index => new FetchResponse.PartitionData { PartitionIndex = index, Records = filler })],
                    },
                ],
            });
        using var script = new MemoryStream();
        for (int at = 0; at < answer.Length;)
        {
            int piece = answer.AsSpan(at).IndexOf(filler);
            int range = piece < 0 ? 0 : filler.Length;
            piece = piece < 0 ? answer.Length - at : piece;
            script.Write(BitConverter.GetBytes(piece));
            script.Write(answer, at, piece);
            script.Write(BitConverter.GetBytes(range));
            at += piece + range;
        }

        return script.ToArray();
    }
}
