namespace Moldau.Runtime.Os.Tests;

public sealed class FileDescriptorsTests
{
    [Fact]
    public void The_soft_limit_is_the_hard_one_afterwards()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the limit is known on Linux alone");
        var limit = FileDescriptors.RaiseLimit();
        var line = File.ReadLines("/proc/self/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var values = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (values[3], values[4]).ShouldBe((Text(limit), Text(limit)));

        static string Text(long? limit) => limit == long.MaxValue ? "unlimited" : $"{limit}";
    }
}
