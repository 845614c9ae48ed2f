namespace Moldau.Storage;

/// <summary>Sees a batch while a segment is walked over.</summary>
internal delegate void BatchVisitor(in BatchHeader header, int position);
