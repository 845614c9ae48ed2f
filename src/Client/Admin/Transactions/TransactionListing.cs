using Moldau.Core;

namespace Moldau.Client;

/// <summary>That a transactional id is there. Immutable.</summary>
/// <param name="TransactionalId">The id.</param>
/// <param name="ProducerId">The id of its producer.</param>
/// <param name="State">Where its transaction is.</param>
/// <param name="CoordinatorId">The broker that coordinates it.</param>
public sealed record TransactionListing(string TransactionalId, long ProducerId, TransactionState State, int CoordinatorId);
