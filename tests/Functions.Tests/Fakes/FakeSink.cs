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
    public List<string> Taken { get; } = [];

    public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        if (rows.Any(row => Refused.Contains(row.Stream))) throw new InvalidOperationException("The receiver is away.");
        lock (_gate) Taken.AddRange(rows.Select(row => $"{row.Stream}/{row.Sequence}"));
        return Task.CompletedTask;
    }

    public Task Send(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (RefusesCheckpoints) throw new InvalidOperationException("The receiver is away.");
        lock (_gate) Taken.Add($"checkpoint {checkpoint.Number}");
        return Task.CompletedTask;
    }
}
