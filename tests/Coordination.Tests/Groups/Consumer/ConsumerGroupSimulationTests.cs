using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination.Tests;

/// <summary>
/// Random members that lose responses, pause and change their minds, a coordinator that is loaded anew and whose appends fail at any step, topics that come, grow and go: what one believes
/// to have nobody else believes to have, targets cover everything once, and once the storm is over all is as it should be within bounded time.
/// </summary>
public sealed class ConsumerGroupSimulationTests
{
    private const int SeedsDefault = 40;
    private const int Steps = 250;

    [Fact]
    public void Members_never_share_a_partition_and_converge()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_SEED"), out var given) ? given : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("MOLDAU_SEEDS"), out var seeds) ? seeds : SeedsDefault;
        for (var seed = first; seed < first + count; seed++)
        {
            using var storm = new Storm(seed);
            try
            {
                storm.Run();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, step {storm.Step}: {failure.Message}", failure);
            }
        }
    }

#pragma warning disable CA5394 // Nothing here is secret; the point is that it repeats.
    private sealed class Storm(int seed) : IDisposable
    {
        private static readonly string[] s_assignors = ["uniform", "range"];

        private readonly Random _random = new(seed);
        private readonly ConsumerGroupHarness _groups = new(seed);
        private readonly List<SimulatedConsumer> _members = [];
        private readonly Dictionary<string, (Uuid Id, int Partitions)> _topics = new(StringComparer.Ordinal);
        private int _nextMember;
        private int _nextTopic;
        private int _epoch = 1;

        public int Step { get; private set; }

        public void Dispose() => _groups.Dispose();

        public void Run()
        {
            _groups.Options = _groups.Options with
            {
                Assignors = seed % 2 == 0 ? [new UniformAssignor(), new RangeAssignor()] : [new RangeAssignor(), new UniformAssignor()],
                TimeoutsOf = _ => new ConsumerGroupTimeouts(45_000, 5_000, seed % 3 == 0 ? 1_000 : 0),
            };
            CreateTopic();
            CreateTopic();
            for (Step = 0; Step < Steps; Step++)
            {
                Act();
                Check();
            }

            Converge();
        }

        private void Act()
        {
            switch (_random.Next(100))
            {
                case < 8 when _members.Count < 8:
                    _members.Add(new SimulatedConsumer($"m{_nextMember++}", Subscription()));
                    break;
                case < 10 when Any() is { } leaving:
                    leaving.Leave();
                    Send(leaving, lost: _random.Next(3) == 0);
                    _members.Remove(leaving);
                    break;
                case < 13 when Any() is { } changing:
                    changing.Subscribe(Subscription());
                    break;
                case < 15 when Any() is { } dying:
                    _members.Remove(dying);
                    break;
                case < 17:
                    _groups.Runtime.Restart(++_epoch);
                    break;
                case < 19:
                    ChangeTopics();
                    break;
                case < 21:
                    _groups.Runtime.Advance(_random.Next(20_000), 1_000);
                    break;
                case < 24 when Any() is { } failing:
                    _groups.Runtime.Log.AppendError = ErrorCode.NotEnoughReplicas;
                    Send(failing, lost: false);
                    _groups.Runtime.Log.AppendError = ErrorCode.None;
                    break;
                case < 55 when Any() is { } reconciling:
                    reconciling.Reconcile();
                    break;
                default:
                    if (Any() is { } member)
                    {
                        Send(member, lost: _random.Next(8) == 0);
                    }

                    _groups.Runtime.Advance(_random.Next(500), 250);
                    break;
            }
        }

        private SimulatedConsumer? Any() => _members.Count == 0 ? null : _members[_random.Next(_members.Count)];

        private string[] Subscription()
        {
            var all = _topics.Keys.Order(StringComparer.Ordinal).ToArray();
            return _random.Next(3) == 0 ? [.. all.Where(_ => _random.Next(2) == 0).DefaultIfEmpty(all[0])] : all;
        }

        private void Send(SimulatedConsumer member, bool lost)
        {
            var request = member.HasLeft ? ConsumerGroupHarness.Beat(member.MemberId, -1) : member.Next();
            var answer = _groups.Begin(request);
            if (lost)
            {
                _ = answer.Exception;
                member.TakeNothing();
            }
            else if (answer.IsCompletedSuccessfully)
            {
                if (!member.HasLeft)
                {
                    member.Take(answer.Result);
                }
            }
            else if (RuntimeHarness<GroupShard>.ErrorOf(answer) is ErrorCode.FencedMemberEpoch or ErrorCode.UnknownMemberId or ErrorCode.GroupIdNotFound)
            {
                member.TakeFenced();
            }
            else
            {
                member.TakeNothing();
            }
        }

        private void ChangeTopics()
        {
            var name = _topics.Keys.Order(StringComparer.Ordinal).ElementAt(_random.Next(_topics.Count));
            var (id, partitions) = _topics[name];
            switch (_random.Next(3))
            {
                case 0:
                    CreateTopic();
                    break;
                case 1 when _topics.Count > 1:
                    _groups.DeleteTopic(id);
                    _topics.Remove(name);
                    if (_random.Next(2) == 0)
                    {
                        _topics[name] = (_groups.CreateTopic(name, 2), 2);
                    }

                    break;
                default:
                    _groups.AddPartitions(id, partitions, partitions + 2);
                    _topics[name] = (id, partitions + 2);
                    break;
            }
        }

        private void CreateTopic()
        {
            var name = $"t{_nextTopic++}";
            var partitions = 1 + _random.Next(6);
            _topics[name] = (_groups.CreateTopic(name, partitions), partitions);
        }

        private void Check()
        {
            if (_groups.State is not { } group)
            {
                return;
            }

            // G1: counting what clients believe, of members that the group knows in the epoch that they are in or were in just before.
            var owners = new Dictionary<(Uuid, int), string>();
            foreach (var member in _members)
            {
                if (group.Member(member.MemberId) is not { } known
                    || (member.Epoch != known.MemberEpoch && (member.Epoch != known.PreviousMemberEpoch || member.IsInDoubt)))
                {
                    continue;
                }

                foreach (var topic in member.Owned.Topics)
                {
                    foreach (var partition in member.Owned.Of(topic))
                    {
                        owners.TryAdd((topic, partition), member.MemberId).ShouldBeTrue($"G1: {member.MemberId} and {owners[(topic, partition)]} share {topic}-{partition}");
                    }
                }
            }

            CheckTargets(group, isComplete: false);
        }

        /// <summary>G2: no partition is in two targets; all are in one when the targets are of the group's epoch and nothing has changed since.</summary>
        private void CheckTargets(ConsumerGroup group, bool isComplete)
        {
            var targets = new HashSet<(Uuid, int)>();
            foreach (var member in group.Members)
            {
                var target = group.TargetOf(member.MemberId);
                foreach (var topic in target.Topics)
                {
                    foreach (var partition in target.Of(topic))
                    {
                        targets.Add((topic, partition)).ShouldBeTrue($"G2: {topic}-{partition} is in two targets");
                    }
                }
            }

            if (isComplete)
            {
                var wanted = _topics.Where(topic => group.SubscribedTopics.Contains(topic.Key)).Sum(topic => topic.Value.Partitions);
                targets.Count.ShouldBe(wanted, "G2: the targets cover everything");
            }
        }

        private void Converge()
        {
            // The last of the sessions of those who died end after 45 seconds; what is left then takes a few heartbeats.
            for (var second = 0; second < 70; second += 5)
            {
                foreach (var member in _members)
                {
                    Send(member, lost: false);
                    member.Reconcile();
                    Send(member, lost: false);
                    Check();
                }

                _groups.Runtime.Advance(5_000, 1_000);
            }

            if (_groups.State is not { } group || _members.Count == 0)
            {
                return;
            }

            group.StateAt(long.MaxValue).ShouldBe(ConsumerGroupState.Stable);
            group.MemberCount.ShouldBe(_members.Count);
            CheckTargets(group, isComplete: true);
            foreach (var member in _members)
            {
                member.Owned.ShouldBe(group.TargetOf(member.MemberId));
                member.Epoch.ShouldBe(group.Epoch);
            }

            _groups.Runtime.Restart(++_epoch);
            _groups.State!.StateAt(long.MaxValue).ShouldBe(ConsumerGroupState.Stable, "G6: the state is what the log says");
            s_assignors.ShouldContain(_groups.Options.DefaultAssignor.Name);
        }
    }
#pragma warning restore CA5394
}
