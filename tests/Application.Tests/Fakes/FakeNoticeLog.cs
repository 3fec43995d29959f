using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>What became of notices, in memory.</summary>
internal sealed class FakeNoticeLog : INoticeLog
{
    private readonly Dictionary<(string Request, string Notice), IReadOnlyList<NoticeOutcome>> _kept = [];

    public Exception? Failure { get; set; }

    public Task Keep(string requestId, string notice, IReadOnlyList<NoticeOutcome> outcomes, CancellationToken cancellation)
    {
        if (Failure is { } failure) throw failure;
        _kept[(requestId, notice)] = NoticeOutcomes.Merge(_kept.GetValueOrDefault((requestId, notice)) ?? [], outcomes);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<NoticeOutcome>> Of(string requestId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<NoticeOutcome>>([.. _kept.Where(kept => kept.Key.Request == requestId).SelectMany(static kept => kept.Value)]);
}
