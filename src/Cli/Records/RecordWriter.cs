using System.Buffers;

namespace Moldau.Cli;

/// <summary>Writes one record as bytes.</summary>
internal delegate void RecordWriter(in OutputRecord record, IBufferWriter<byte> output);
