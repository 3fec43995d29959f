using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Domain.Requests;

/// <summary>
/// One decision being made: the state as it changes, and the effects and events gathered on the way. Lives inside one call of
/// <see cref="Decider.Decide"/> and never leaves it.
/// </summary>
internal sealed class Turn(AccessRequest state, Signal signal)
{
    private readonly AccessRequest _before = state;
    private List<Effect>? _effects;
    private List<AuditEvent>? _events;

    public AccessRequest State { get; set; } = state;
    public Signal Signal { get; } = signal;

    /// <summary>The instant being decided: a deadline's due time while catching up, then the signal's.</summary>
    public DateTimeOffset At { get; set; } = signal.At;

    /// <summary>The sequence this decision is written at.</summary>
    public long Sequence { get; } = state.Sequence + 1;

    /// <summary>Nothing was decided: no member of the state was touched, nothing is to be done or recorded.</summary>
    public bool Unchanged => ReferenceEquals(State, _before) && _effects is null && _events is null;

    public IReadOnlyList<Effect> Effects => _effects ?? (IReadOnlyList<Effect>)[];
    public IReadOnlyList<AuditEvent> Events => _events ?? (IReadOnlyList<AuditEvent>)[];

    private string NextEffectId => string.Concat(Sequence.ToString(), "-", (_effects?.Count ?? 0).ToString());

    /// <summary>Tells one reader.</summary>
    public void Notify(NoticeKind kind, string to, string? text = null, int level = 0, string? by = null) => (_effects ??= []).Add(new Notify
    {
        Id = NextEffectId,
        Kind = kind,
        To = to,
        Revision = State.Revision,
        Level = level,
        By = by,
        At = Signal.At,
        Text = text,
    });

    /// <summary>Tells everyone on a list but one.</summary>
    public void Notify(NoticeKind kind, IReadOnlyList<string> to, string? except, string? text = null, int level = 0, string? by = null)
    {
        for (var i = 0; i < to.Count; i++)
        {
            if (!string.Equals(to[i], except, StringComparison.Ordinal)) Notify(kind, to[i], text, level, by);
        }
    }

    /// <summary>Issues a platform effect.</summary>
    public void Issue(Work work, Grant grant, int attempt, DateTimeOffset? end = null)
    {
        var order = Orders.For(State, grant, end);
        var id = NextEffectId;
        (_effects ??= []).Add(work switch
        {
            Work.Provision => new Provision { Id = id, Order = order, Attempt = attempt },
            Work.Extend => new ExtendGrant { Id = id, Order = order, Attempt = attempt },
            Work.Revoke => new RevokeGrant { Id = id, Order = order, Attempt = attempt },
            Work.ReadBack => new ReadBackGrant { Id = id, Order = order, Attempt = attempt },
        });
    }

    /// <summary>Records a step of the request. The instant is the signal's: a deadline handled late says so.</summary>
    /// <param name="host">The <see cref="SystemActors"/> whose step it is; null: the one who sent the signal.</param>
    public void Record(string type, string? text = null, int? level = null, string? reason = null, Grant? grant = null, bool succeeded = true, string? host = null) =>
        (_events ??= []).Add(new AuditEvent
        {
            Type = type,
            At = Signal.At,
            Actor = host ?? Signal.By,
            Channel = host is not null ? nameof(Channel.System) : ChannelName(Signal.Channel),
            Succeeded = succeeded,
            SignalId = Signal.Id,
            RequestId = State.Id,
            Requester = State.Requester,
            Revision = State.Revision,
            Level = level,
            Phase = PhaseName(State.Phase),
            Outcome = State.Outcome?.ToString(),
            Reason = reason,
            Kind = KindName(State.Ask.Kind),
            Resource = grant?.Resource ?? (State.Ask.Resources.Count == 1 ? State.Ask.Resources[0] : null),
            Role = State.Role,
            Identity = State.Identity ?? grant?.Identity,
            GrantId = grant?.Id,
            Emergency = State.Emergency is not null,
            PeriodStart = State.Period.Start,
            PeriodEnd = State.Period.End,
            Detail = text is null && (host is not null || Signal.Address is null) ? null : new AuditDetail { Address = host is null ? Signal.Address : null, Text = text },
        });

    /// <summary>Replaces one grant by its changed self.</summary>
    public void Change(int index, Grant grant) => Change(index, grant, State.InFlight);

    /// <summary>Replaces one grant by its changed self, and says which attempt runs now.</summary>
    public void Change(int index, Grant grant, InFlight? running)
    {
        var grants = State.Grants.ToArray();
        grants[index] = grant;
        State = State with { Grants = grants, InFlight = running };
    }

    /// <summary>Replaces one level by its changed self.</summary>
    public void Change(Level level)
    {
        var levels = State.Levels.ToArray();
        levels[level.Number - 1] = level;
        State = State with { Levels = levels };
    }

    private static readonly string[] Phases = Enum.GetNames<Phase>();
    private static readonly string[] Channels = Enum.GetNames<Channel>();
    private static readonly string[] Kinds = Enum.GetNames<AccessKind>();

    private static string PhaseName(Phase phase) => Phases[(int)phase];
    private static string ChannelName(Channel channel) => (uint)channel < (uint)Channels.Length ? Channels[(int)channel] : nameof(Channel.System);
    private static string KindName(AccessKind kind) => Kinds[(int)kind];
}
