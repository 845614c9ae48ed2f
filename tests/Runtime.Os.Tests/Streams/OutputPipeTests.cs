using System.IO.Pipes;

namespace Moldau.Runtime.Os.Tests;

public sealed class OutputPipeTests
{
    [Fact]
    public void A_pipe_tells_that_its_reader_has_gone_and_nothing_else()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux tells it");
        using var reader = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        using var writer = new AnonymousPipeClientStream(PipeDirection.Out, reader.ClientSafePipeHandle);

        OutputPipe.HasLostReader(writer.SafePipeHandle).ShouldBeFalse();
        writer.Write("unread"u8);
        OutputPipe.HasLostReader(writer.SafePipeHandle).ShouldBeFalse("what is not read yet has a reader");

        reader.SafePipeHandle.Dispose();
        OutputPipe.HasLostReader(writer.SafePipeHandle).ShouldBeTrue();
    }

    [Fact]
    public void A_file_has_no_reader_to_lose()
    {
        string path = Path.GetTempFileName();
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.Write);
        File.Delete(path);
        OutputPipe.HasLostReader(file.SafeFileHandle).ShouldBeFalse();
    }
}
