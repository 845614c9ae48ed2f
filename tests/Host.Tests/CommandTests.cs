namespace Moldau.Host.Tests;

public class CommandTests
{
    private const string Meta = "#\n#Sat Nov 21 10:00:00 UTC 2026\ncluster.id=5L6g3nShT-eMCtK--X86sw\ndirectory.id=8pkr_MAVNAEwuBhZAu9BRg\nnode.id=1\nversion=1\n";

    private readonly TestProgram _program = new();

    [Fact]
    public async Task Version_names_the_level_of_Apache_Kafka()
    {
        (await _program.RunAsync("version")).ShouldBe(0);
        _program.Out.ShouldStartWith("moldau 0.1.0 (commit ");
        _program.Out.ShouldEndWith("), Apache Kafka 4.4" + System.Environment.NewLine);
    }

    [Fact]
    public async Task A_random_uuid_is_22_characters_of_url_safe_base64()
    {
        (await _program.RunAsync("storage", "random-uuid")).ShouldBe(0);
        Moldau.Core.Uuid.TryParse(_program.Out.Trim(), out _).ShouldBeTrue(_program.Out);
    }

    [Theory]
    [InlineData("Unknown configuration num.partition: did you mean num.partitions?", "start", "--override", "num.partition=3")]
    [InlineData("Invalid value 0 for configuration num.partitions: Value must be at least 1", "start", "--override", "num.partitions=0")]
    [InlineData("zookeeper.connect: Apache Kafka 4.0 removed ZooKeeper", "--override", "zookeeper.connect=x")]
    [InlineData("Unrecognized command or argument", "frobnicate")]
    [InlineData("Required argument missing", "start", "--override")]
    [InlineData("it must be HOST:PORT", "wait-ready", "--bootstrap-server", "nonsense")]
    public async Task What_is_wrong_goes_to_standard_error_with_exit_code_2(string message, params string[] args)
    {
        (await _program.RunAsync(args)).ShouldBe(2);
        _program.Error.ShouldContain(message);
        _program.Out.ShouldBeEmpty();
    }

    [Fact]
    public async Task Log_dump_decodes_the_metadata_of_a_formatted_directory_and_verify_finds_nothing()
    {
        _program.WriteFile("/etc/server.properties", "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@localhost:9093\n"
            + "listeners=PLAINTEXT://:9092,CONTROLLER://:9093\ncontroller.listener.names=CONTROLLER\nlog.dirs=/data\n");
        (await _program.RunAsync("storage", "format", "-t", "5L6g3nShT-eMCtK--X86sw", "-c", "/etc/server.properties")).ShouldBe(0, _program.Error);

        (await _program.RunAsync("log", "dump", "/data")).ShouldBe(0);
        _program.Out.ShouldContain("\"type\":\"FEATURE_LEVEL_RECORD\",\"version\":0,\"data\":{\"name\":\"metadata.version\",\"featureLevel\":33}");
        _program.Out.ShouldContain("SNAPSHOT_FOOTER");
        (await _program.RunAsync("log", "verify", "/data")).ShouldBe(0);
        _program.Out.ShouldContain("2 files, 0 problems");
    }

    [Fact]
    public async Task Log_recover_cuts_what_is_damaged_keeps_it_aside_and_leaves_a_directory_that_was_stopped_in_good_order()
    {
        _program.WriteFile("/data/meta.properties", Meta);
        _program.WriteFile("/data/orders-0/00000000000000000000.log", "this is no record batch");
        (await _program.RunAsync("log", "recover", "/data")).ShouldBe(0, _program.Error);
        _program.Out.ShouldContain("/data/orders-0: offsets 0 to 0");
        _program.Out.ShouldContain("/data: 1 logs are recovered");
        _program.Disk.FileExists("/data/.kafka_cleanshutdown").ShouldBeTrue();
        _program.Disk.List("/data/orders-0").ShouldContain(entry => entry.Name.StartsWith("cut-", StringComparison.Ordinal), "what is cut is kept");
        (await _program.RunAsync("log", "recover", "/data")).ShouldBe(0, _program.Error);
        _program.Out.ShouldContain("/data: was stopped in good order, nothing to recover in 1 logs");
    }

    [Fact]
    public async Task Log_recover_takes_directories_of_a_node_that_does_not_run()
    {
        (await _program.RunAsync("log", "recover", "/nowhere")).ShouldBe(2);
        _program.Error.ShouldContain("/nowhere: no such directory");
        _program.WriteFile("/other/orders-0/00000000000000000000.log", "");
        (await _program.RunAsync("log", "recover", "/other")).ShouldBe(3);
        _program.Error.ShouldContain("there is no meta.properties");
        _program.WriteFile("/data/meta.properties", Meta);
        using (_program.Disk.TryLock("/data/.lock"))
        {
            (await _program.RunAsync("log", "recover", "/data")).ShouldBe(3);
            _program.Error.ShouldContain("is in use by another process");
        }
    }

    [Theory]
    [InlineData("topics", "--help")]
    [InlineData("consume", "--help")]
    [InlineData("groups", "reset-offsets", "--help")]
    public async Task Commands_over_the_protocol_are_in_the_tree_and_help_needs_no_arguments(params string[] args)
    {
        (await _program.RunAsync(args)).ShouldBe(0, _program.Error);
        _program.Out.ShouldContain("Usage:");
    }

    [Fact]
    public async Task Log_verify_of_a_damaged_file_exits_1_and_of_a_missing_one_2()
    {
        _program.WriteFile("/data/00000000000000000000.log", "this is no record batch");
        (await _program.RunAsync("log", "verify", "/data")).ShouldBe(1);
        _program.Out.ShouldContain("/data/00000000000000000000.log: no whole batch at position 0; 23 bytes are left");
        (await _program.RunAsync("log", "verify", "/nowhere")).ShouldBe(2);
        _program.Error.ShouldContain("/nowhere: no such file or directory");
    }

    [Fact]
    public async Task Info_of_a_formatted_directory_shows_its_metadata()
    {
        _program.WriteFile("/data/meta.properties", Meta);
        _program.Environment["MOLDAU_LOG_DIRS"] = "/data";
        (await _program.RunAsync("storage", "info")).ShouldBe(0);
        _program.Out.ReplaceLineEndings("\n").ShouldBe(
            "Found log directory:\n  /data\n\n"
            + "Found metadata: {cluster.id=5L6g3nShT-eMCtK--X86sw, directory.id=8pkr_MAVNAEwuBhZAu9BRg, node.id=1, version=1}\n\n");
    }

    [Fact]
    public async Task Info_names_what_is_wrong_with_directories()
    {
        _program.WriteFile("/a/meta.properties", Meta);
        _program.WriteFile("/b/meta.properties", Meta.Replace("node.id=1", "node.id=2", StringComparison.Ordinal));
        _program.Disk.CreateDirectory("/c");
        _program.Environment["MOLDAU_LOG_DIRS"] = "/a,/b,/c,/d";
        (await _program.RunAsync("storage", "info")).ShouldBe(1);
        _program.Out.ReplaceLineEndings("\n").ShouldEndWith(
            "Found problems:\n  Mismatched node IDs between storage directories.\n  /c is not formatted.\n  /d does not exist\n\n");
    }

    [Fact]
    public async Task A_directory_that_is_not_formatted_is_refused_with_no_format()
    {
        (await _program.RunAsync("start", "--no-format", "--override", "log.dirs=/data")).ShouldBe(3);
        _program.Error.ShouldContain("/data: not formatted");
    }

    [Fact]
    public async Task A_member_of_a_larger_quorum_does_not_format_itself()
    {
        (await _program.RunAsync("start", "--override", "log.dirs=/data", "--override", "controller.quorum.voters=1@a:9093,2@b:9093")).ShouldBe(3);
        _program.Error.ShouldContain("format all nodes with one cluster id");
    }

    [Fact]
    public async Task A_new_directory_is_formatted_with_the_cluster_id_that_is_given()
    {
        _program.Environment["MOLDAU_LOG_DIRS"] = "/data";
        (await _program.RunAsync("storage", "format", "-t", "5L6g3nShT-eMCtK--X86sw", "--standalone")).ShouldBe(0, _program.Error);
        (await _program.RunAsync("storage", "info")).ShouldBe(0);
        _program.Out.ShouldContain("cluster.id=5L6g3nShT-eMCtK--X86sw");
        (await _program.RunAsync("storage", "format", "-t", "5L6g3nShT-eMCtK--X86sw", "--standalone")).ShouldBe(1);
        (await _program.RunAsync("storage", "format", "-t", "5L6g3nShT-eMCtK--X86sw", "--standalone", "--ignore-formatted")).ShouldBe(0);
    }

    [Theory]
    [InlineData(1, "you must specify one of the following: --standalone", "-t", "5L6g3nShT-eMCtK--X86sw")]
    [InlineData(2, "only one of --standalone", "-t", "5L6g3nShT-eMCtK--X86sw", "--standalone", "--no-initial-controllers")]
    [InlineData(2, "--cluster-id", "--standalone")]
    [InlineData(1, "unable to parse x as a short", "-t", "5L6g3nShT-eMCtK--X86sw", "--standalone", "--feature", "kraft.version=x")]
    public async Task What_cannot_be_formatted_is_refused(int code, string message, params string[] args)
    {
        _program.Environment["MOLDAU_LOG_DIRS"] = "/data";
        (await _program.RunAsync(["storage", "format", .. args])).ShouldBe(code);
        _program.Error.ShouldContain(message);
    }

    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        _program.WriteFile("/data/meta.properties", Meta);
        using IDisposable held = _program.Disk.TryLock("/data/.lock").ShouldNotBeNull();
        (await _program.RunAsync("start", "--override", "log.dirs=/data")).ShouldBe(3);
        _program.Error.ShouldContain("/data is in use by another process");
    }

    [Fact]
    public async Task Docs_are_printed_from_the_tables()
    {
        (await _program.RunAsync("docs", "configuration")).ShouldBe(0);
        _program.Out.ShouldStartWith("# Configuration\n");
        _program.Out.ShouldContain("| `num.partitions` | int | `1` | [1,...] | at start | works |");
    }
}
