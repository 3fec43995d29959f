using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>A receiver that keeps what it took, and refuses streams and checkpoints as told.</summary>
internal sealed class FakeSink(string name = "siem") : IAuditSink
{
    private readonly Lock _gate = new();

    public string Name => name;
    public HashSet<string> Refused { get; } = [];
    public bool RefusesCheckpoints { get; set; }

    /// <summary>Refused for what they are: rows as <c>stream/sequence</c>, checkpoints as <c>checkpoint/number</c>.</summary>
    public HashSet<string> TooLarge { get; } = [];
    public List<string> Taken { get; } = [];

    public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        if (rows.Any(row => Refused.Contains(row.Stream))) throw new InvalidOperationException("The receiver is away.");
        foreach (var row in rows)
        {
            var id = $"{row.Stream}/{row.Sequence}";
            if (TooLarge.Contains(id)) throw new AuditRefusedException(row.Stream, row.Sequence, "too large");
            lock (_gate) Taken.Add(id);
        }

        return Task.CompletedTask;
    }

    public Task Send(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (RefusesCheckpoints) throw new InvalidOperationException("The receiver is away.");
        if (TooLarge.Contains($"checkpoint/{checkpoint.Number}")) throw new AuditRefusedException(AuditRefusedException.Checkpoints, checkpoint.Number, "too large");
        lock (_gate) Taken.Add($"checkpoint {checkpoint.Number}");
        return Task.CompletedTask;
    }
}
