using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Domain.Requests;

/// <summary>
/// One decision being made: the state as it changes, and the effects and events gathered on the way. Lives inside one call of
/// <see cref="Decider.Decide"/> and never leaves it.
/// </summary>
/// <param name="created">The state was made by this decision: nobody else has seen it.</param>
internal sealed class Turn(AccessRequest state, Signal signal, bool created = false)
{
    private readonly AccessRequest? _before = created ? null : state;
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

    /// <summary>A level that passes and starts access issues this many effects and events; more only where many people are told.</summary>
    private const int Usual = 6;

    private List<Effect> ToDo => _effects ??= new List<Effect>(Usual);
    private List<AuditEvent> ToChain => _events ??= new List<AuditEvent>(Usual);

    private string NextEffectId => EffectId(Sequence, _effects?.Count ?? 0);

    /// <summary>Tells one reader.</summary>
    public void Notify(NoticeKind kind, string to, string? text = null, int level = 0, string? by = null) => ToDo.Add(new Notify
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
        ToDo.Add(work switch
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
        ToChain.Add(new AuditEvent
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
            Outcome = State.Outcome is { } outcome ? Outcomes[(int)outcome] : null,
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

    /// <summary>Moves on to another phase; a closed request closes at this instant.</summary>
    public void Move(Phase phase) => Own().Set(phase, phase == Phase.Closed ? At : State.ClosedAt);

    /// <summary>Replaces one grant by its changed self.</summary>
    public void Change(int index, Grant grant) => Change(index, grant, State.InFlight);

    /// <summary>Replaces one grant by its changed self, and says which attempt runs now.</summary>
    public void Change(int index, Grant grant, InFlight? running) => Own().Set(Replaced(State.Grants, index, grant), running);

    /// <summary>Replaces one level by its changed self.</summary>
    public void Change(Level level) => Change(level, State.Level);

    /// <summary>Replaces one level by its changed self, and says which level decides now.</summary>
    public void Change(Level level, int deciding) => Own().Set(Replaced(State.Levels, level.Number - 1, level), deciding);

    /// <summary>The state to keep: this decision's sequence and instant, and the signals seen.</summary>
    public AccessRequest Finished(IReadOnlyList<SeenSignal> seen)
    {
        Own().Set(Sequence, Signal.At, seen);
        return State;
    }

    /// <summary>The state as a copy that nobody outside this turn has seen, and that may be set in place.</summary>
    private AccessRequest Own() => ReferenceEquals(State, _before) ? State = State with { } : State;

    private static T[] Replaced<T>(IReadOnlyList<T> list, int index, T changed)
    {
        var copy = new T[list.Count];
        for (var i = 0; i < copy.Length; i++) copy[i] = i == index ? changed : list[i];
        return copy;
    }

    /// <summary>Nearly every decision's ids are among these, so they are made once.</summary>
    private static readonly string[][] EffectIds = [.. Enumerable.Range(0, 32).Select(sequence => Enumerable.Range(0, 16).Select(index => $"{sequence}-{index}").ToArray())];

    private static string EffectId(long sequence, int index) =>
        (ulong)sequence < (ulong)EffectIds.Length && index < EffectIds[sequence].Length ? EffectIds[sequence][index] : $"{sequence}-{index}";

    private static readonly string[] Phases = Enum.GetNames<Phase>();
    private static readonly string[] Channels = Enum.GetNames<Channel>();
    private static readonly string[] Outcomes = Enum.GetNames<Outcome>();
    private static readonly string[] Kinds = Enum.GetNames<AccessKind>();

    private static string PhaseName(Phase phase) => Phases[(int)phase];
    private static string ChannelName(Channel channel) => (uint)channel < (uint)Channels.Length ? Channels[(int)channel] : nameof(Channel.System);
    private static string KindName(AccessKind kind) => Kinds[(int)kind];
}
