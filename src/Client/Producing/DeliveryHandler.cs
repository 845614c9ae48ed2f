namespace Moldau.Client;

/// <summary>Is told how each record ended, on one thread of the pool at a time. The spans of the report are good until it returns.</summary>
public delegate void DeliveryHandler(in DeliveryReport report);
