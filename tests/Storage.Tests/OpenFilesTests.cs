using Moldau.Runtime.Memory;

namespace Moldau.Storage.Tests;

public sealed class OpenFilesTests
{
    [Theory]
    [InlineData(null, 8192)]
    [InlineData(1L, 1)]
    [InlineData(256L, 128)]
    [InlineData(1024L, 512)]
    [InlineData(4096L, 3072)]
    [InlineData(65_536L, 49_152)]
    [InlineData(524_288L, 100_000)]
    [InlineData(long.MaxValue, 100_000)]
    public void Logs_get_three_quarters_of_the_process_limit_and_half_of_a_small_one(long? descriptors, int capacity) =>
        OpenFiles.CapacityWithin(descriptors).ShouldBe(capacity);

    /// <summary>Files close and open in any order, at the bound and by themselves: those that are counted are those that are open.</summary>
    [Fact]
    public void What_is_counted_is_open_and_what_is_open_is_counted()
    {
        const int Seed = 17;
        const int HeldMax = 12;
        var random = new Random(Seed);
        var disk = new MemoryDisk();
        var open = new OpenFiles(disk, capacity: 8);
        disk.CreateDirectory("/d");
        var files = Enumerable.Range(0, 30).Select(index => new LogFile(open, $"/d/{index}", create: true)).ToList();
        var held = new List<LogFile>();
        for (var step = 0; step < 10_000; step++)
        {
            var file = files[random.Next(files.Count)];
            switch (random.Next(4))
            {
                case 0:
                    file.Close();
                    break;
                case 1 when held.Count > 0:
                    held[0].Release();
                    held.RemoveAt(0);
                    break;
                case 2 when held.Count < HeldMax:
                    file.Acquire();
                    held.Add(file);
                    break;
                default:
                    file.Write("x"u8, 0);
                    break;
            }

            open.Count.ShouldBe(disk.OpenHandles, $"seed {Seed}, step {step}");

            // Those in use, and the one that has just opened.
            open.Count.ShouldBeLessThanOrEqualTo(HeldMax + 1, $"seed {Seed}, step {step}");
        }

        held.ForEach(file => file.Release());
        files.ForEach(file => file.Close());
        (open.Count, disk.OpenHandles).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Threads_that_open_and_close_the_same_files_leave_none_behind()
    {
        const int Files = 6;
        var disk = new MemoryDisk();
        var open = new OpenFiles(disk, capacity: 2);
        disk.CreateDirectory("/d");
        var files = Enumerable.Range(0, Files).Select(index => new LogFile(open, $"/d/{index}", create: true)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(
            () =>
            {
                var random = new Random(thread);
                for (var step = 0; step < 5_000; step++)
                {
                    var file = files[random.Next(Files)];
                    if (random.Next(3) == 0)
                    {
                        file.Close();
                    }
                    else
                    {
                        file.Acquire();
                        file.Release();
                    }
                }
            },
            TestContext.Current.CancellationToken)));
        open.Count.ShouldBe(disk.OpenHandles);
        files.ForEach(file => file.Close());
        (open.Count, disk.OpenHandles).ShouldBe((0, 0));
    }
}
