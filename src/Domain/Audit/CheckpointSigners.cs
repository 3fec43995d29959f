namespace AccessFunctions.Domain.Audit;

/// <summary>
/// Follows the keys of checkpoints. The first that signs is the anchor; a later one counts only where a checkpoint bears its signature beside
/// that of the key in force. So who knows the anchor, from an earlier look or from a sink, knows all that follow.
/// </summary>
public static class CheckpointSigners
{
    /// <summary>Checks signatures in stored order.</summary>
    /// <param name="checkpoints">All; those before the first signed one need no signature.</param>
    /// <param name="anchor">The id of the key that must be the first; null: whichever it is.</param>
    public static IReadOnlyList<AuditFinding> Verify(IEnumerable<Checkpoint> checkpoints, string? anchor = null)
    {
        var findings = new List<AuditFinding>();
        string? inForce = null;
        Checkpoint? last = null;
        foreach (var checkpoint in checkpoints)
        {
            last = checkpoint;
            if (checkpoint.Signatures.Count == 0)
            {
                if (inForce is not null) findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointNotSigned, "The checkpoint is not signed, and an earlier one is."));
                continue;
            }

            if (checkpoint.Signatures.FirstOrDefault(signature => !signature.IsValid(checkpoint)) is { } wrong)
            {
                findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointSignatureWrong, $"The signature of key {Short(wrong.KeyId)} is not over this root."));
                continue;
            }

            var wanted = inForce ?? anchor ?? checkpoint.Signatures[0].KeyId;
            if (checkpoint.Signatures.All(signature => signature.KeyId != wanted))
            {
                findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointKeyForeign, $"The checkpoint is signed by key {Short(checkpoint.Signatures[0].KeyId)}, and key {Short(wanted)} is in force."));
                continue;
            }

            inForce = checkpoint.Signatures[^1].KeyId;
        }

        if (last is { Signatures.Count: 0 } && inForce is null && anchor is not null && findings.Count == 0)
            findings.Add(AuditFinding.Of(last, AuditFault.CheckpointNotSigned, $"No checkpoint is signed, and key {Short(anchor)} should have signed."));
        return findings;
    }

    /// <summary>The id of the first key that signed; null where none did.</summary>
    public static string? Anchor(IEnumerable<Checkpoint> checkpoints) => checkpoints.SelectMany(static checkpoint => checkpoint.Signatures).FirstOrDefault()?.KeyId;

    private static string Short(string keyId) => keyId.Length > 16 ? keyId[..16] : keyId;
}
