using System.Collections.Immutable;
using Moldau.Core;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>One topic: its name, its id, and its partitions by index. Immutable.</summary>
public sealed class TopicImage : IEquatable<TopicImage>
{
    private readonly ImmutableSortedDictionary<int, PartitionRegistration>? _sparse;
    private readonly PartitionRegistration[] _dense;

    /// <summary>Takes the partitions over: the caller no longer changes the array. They have the indexes 0, 1, 2 and so on.</summary>
    internal TopicImage(string name, Uuid id, PartitionRegistration[] partitions)
    {
        Name = name;
        Id = id;
        _dense = partitions;
    }

    /// <summary>A topic with holes among its partitions: it exists only between two records of one delta, or in a damaged log.</summary>
    internal TopicImage(string name, Uuid id, ImmutableSortedDictionary<int, PartitionRegistration> sparse)
    {
        Name = name;
        Id = id;
        _sparse = sparse;
        _dense = [];
    }

    public string Name { get; }

    public Uuid Id { get; }

    public int PartitionCount => _sparse?.Count ?? _dense.Length;

    /// <summary>All partitions in ascending order of their index.</summary>
    public IEnumerable<KeyValuePair<int, PartitionRegistration>> Partitions
    {
        get
        {
            if (_sparse is not null)
            {
                return _sparse;
            }

            return Enumerate(_dense);
        }
    }

    /// <summary>The partition of that index; null when there is none. Fit for hot paths.</summary>
    public PartitionRegistration? Partition(int index)
    {
        if (_sparse is not null)
        {
            return _sparse.GetValueOrDefault(index);
        }

        return (uint)index < (uint)_dense.Length ? _dense[index] : null;
    }

    public void WriteTo(IMetadataRecordWriter writer, MetadataVersion version)
    {
        writer.Write(new(new TopicRecord { Name = Name, TopicId = Id }, 0));
        foreach ((int index, PartitionRegistration partition) in Partitions)
        {
            writer.Write(partition.ToRecord(Id, index, version));
        }
    }

    public bool Equals(TopicImage? other)
    {
        if (other is null || Name != other.Name || Id != other.Id || PartitionCount != other.PartitionCount)
        {
            return false;
        }

        foreach ((int index, PartitionRegistration partition) in Partitions)
        {
            if (!partition.Equals(other.Partition(index)))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as TopicImage);

    public override int GetHashCode() => HashCode.Combine(Name, Id, PartitionCount);

    /// <summary>The same topic with some partitions put in. Ranges without holes stay arrays.</summary>
    internal TopicImage With(IReadOnlyDictionary<int, PartitionRegistration> changes)
    {
        int added = 0;
        foreach (int index in changes.Keys)
        {
            added += Partition(index) is null ? 1 : 0;
        }

        int count = PartitionCount + added;
        var partitions = new PartitionRegistration[count];
        if (_sparse is null)
        {
            _dense.CopyTo(partitions, 0);
        }

        int outside = 0;
        foreach ((int index, PartitionRegistration partition) in _sparse is null ? changes : _sparse.SetItems(changes))
        {
            if (index >= 0 && index < count)
            {
                partitions[index] = partition;
            }
            else
            {
                outside++;
            }
        }

        if (outside == 0)
        {
            return new TopicImage(Name, Id, partitions);
        }

        return new TopicImage(Name, Id, Partitions.ToImmutableSortedDictionary().SetItems(changes));
    }

    private static IEnumerable<KeyValuePair<int, PartitionRegistration>> Enumerate(PartitionRegistration[] partitions)
    {
        for (int i = 0; i < partitions.Length; i++)
        {
            yield return new(i, partitions[i]);
        }
    }
}
