using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Settings;

/// <summary>
/// One grant: a change of one document. Each step is noted, so that a run after a crash goes on where the one before stopped, and nobody else's change is
/// ever taken back.
/// </summary>
internal sealed class SettingsGrant
{
    private readonly PlatformOrder _order;
    private readonly SettingsOrder _settings;
    private readonly ISettingsDocuments _documents;
    private readonly string _id;
    private readonly SettingsServices _services;
    private readonly ChangeRecord _record;
    private readonly MadeVersions _made;

    public SettingsGrant(PlatformOrder order, SettingsOrder settings, ISettingsDocuments documents, string id, SettingsServices services)
    {
        (_order, _settings, _documents, _id, _services) = (order, settings, documents, id, services);
        (_record, _made) = (new ChangeRecord(services.Rows, order), new MadeVersions(services.Rows, order.Resource));
    }

    private SettingsChange Change => _settings.Change;

    /// <summary>Applies the change, where the document is still at the version it was made against.</summary>
    /// <exception cref="PlatformException">It is not, or the change is not sound any more.</exception>
    public async Task Apply(CancellationToken cancellation)
    {
        if (await _record.Find(ChangeRecord.Ended, cancellation) is not null) throw Refuse("is not changed for a grant that has ended");
        if (await Applied(cancellation) is null) await Save(cancellation);
        await Tell(ChangeRecord.Applied, Change.Before, Change.After, cancellation);
    }

    /// <summary>Makes the document what it was, where the order says so and it is still as this grant left it; else changes nothing.</summary>
    public async Task Revoke(CancellationToken cancellation)
    {
        await _record.Note(ChangeRecord.Ended, _settings.Reverts ? ChangeRecord.Reverts : null, cancellation);
        if (!_settings.Reverts || await Applied(cancellation) is null) return;
        var origin = await Origin(cancellation);
        if (await _record.Find(ChangeRecord.Reverted, cancellation) is null && !await Revert(origin, cancellation)) return;

        // What somebody put back by hand is their change, and told as that.
        if (await _record.Find(ChangeRecord.Reverting, cancellation) is not null) await Tell(ChangeRecord.Reverted, Change.After, origin.Text, cancellation);
    }

    /// <summary>Looks at which version the document is, and whose that is.</summary>
    public async Task<ReadBackResult> ReadBack(CancellationToken cancellation)
    {
        var now = await _documents.Find(_id, cancellation);
        if (await Applied(cancellation) is not { } applied)
        {
            // Saved perhaps, by a run that stopped before it could note it, and changed by somebody since: nothing here can tell.
            var unknown = now.Version != Change.Base && await _record.Find(ChangeRecord.Meant, cancellation) is not null;
            return unknown ? Person($"nobody can tell whether this grant changed it before somebody else did: it {Is(now.Version)}. Look whether anything of the change is in it, and confirm")
                : Gone($"nothing was changed by this grant; it {Is(now.Version)}");
        }

        var moved = !await IsMine(now, cancellation);
        if (await _record.Find(ChangeRecord.Ended, cancellation) is null)
            return There(moved ? $"changed to {Named(applied)}, and by somebody else since: it {Is(now.Version)}" : $"{Is(now.Version)}, as this grant left it");
        if (!_settings.Reverts) return Gone(moved ? $"kept: changed to {Named(applied)}, and by somebody else since: it {Is(now.Version)}" : $"kept: it {Is(now.Version)}, as this grant left it");
        var origin = await Origin(cancellation);
        if (await _record.Find(ChangeRecord.Reverted, cancellation) is { } reverted)
        {
            var through = origin.Through.Count > 0 ? $", before the changes of {string.Join(", ", origin.Through)} too, which had ended" : "";
            var same = origin.Version is null ? "as there was none" : $"which says what {Named(origin.Version)} said";
            var what = $"reverted to {Named(reverted)}, {same}{through}";
            return Gone((now.Version ?? "") == reverted ? what : $"{what}; changed by somebody else since: it {Is(now.Version)}");
        }

        if (moved) return Person($"not reverted: this grant left it at {Named(applied)}, and somebody changed it since: it {Is(now.Version)}. Look whether anything of the change is still in it, and confirm");
        if (_documents.Hindrance(_id) is { } hindrance) return Person($"not reverted: {hindrance} Mend it by hand, and confirm");
        var faults = _documents.Faults(_id, origin.Text);
        return faults.Count == 0 ? There($"{Is(now.Version)}, as this grant left it")
            : Person($"not reverted: what it said before is not sound any more ({string.Join("; ", faults.Take(3))}). Change it by hand, and confirm");
    }

    /// <summary>
    /// What the reversion goes back to, once it is begun always the same: what stood before, and before the changes that this one was made upon and that
    /// have ended since.
    /// </summary>
    private async Task<Origin> Origin(CancellationToken cancellation)
    {
        if (await _record.Find(ChangeRecord.Reverting, cancellation) is { Length: > 0 } begun) return JsonSerializer.Deserialize<Origin>(begun, JsonSerializerOptions.Web)!;
        var origin = new Origin(Change.Base, Change.Before, [], (await Meant(_record, cancellation))?.Upon);
        while (origin.Maker is { } maker && ChangeRecord.Of(_services.Rows, maker) is var other
            && await other.Find(ChangeRecord.Ended, cancellation) == ChangeRecord.Reverts && await Meant(other, cancellation) is { } meant)
            origin = new Origin(meant.Base, meant.Before, [.. origin.Through, maker], meant.Upon);
        return origin;
    }

    private static async Task<MeantChange?> Meant(ChangeRecord record, CancellationToken cancellation) =>
        await record.Find(ChangeRecord.Meant, cancellation) is { Length: > 0 } meant ? JsonSerializer.Deserialize<MeantChange>(meant, JsonSerializerOptions.Web) : null;

    /// <summary>The grant whose version the change is made upon, while that is in force.</summary>
    private async Task<string?> Upon(CancellationToken cancellation) =>
        await _made.MakerOf(Change.Base, cancellation) is { } maker && await ChangeRecord.Of(_services.Rows, maker).Find(ChangeRecord.Ended, cancellation) is null ? maker : null;

    private async Task<bool> IsMine(SettingsDocument now, CancellationToken cancellation) => await _made.MakerOf(now.Version, cancellation) == _order.GrantId;

    private async Task Save(CancellationToken cancellation)
    {
        var now = await _documents.Find(_id, cancellation);
        if (now.Version != Change.Base) throw Refuse(Moved(now.Version));
        var faults = _documents.Faults(_id, Change.After);
        if (faults.Count > 0) throw Refuse($"cannot be changed any more as it was approved: {string.Join("; ", faults.Take(3))}");

        await _record.Note(ChangeRecord.Meant, JsonSerializer.Serialize(new MeantChange(Change.Base, Change.Before, await Upon(cancellation)), JsonSerializerOptions.Web), cancellation);
        if (await _documents.Save(_id, Change.After, Change.Base, cancellation) is { } saved) await NoteApplied(saved.Version, cancellation);
        else if (await Applied(cancellation) is null) throw Refuse(Moved((await _documents.Find(_id, cancellation)).Version));
    }

    /// <summary>True where the document says again what it said before.</summary>
    private async Task<bool> Revert(Origin origin, CancellationToken cancellation)
    {
        var now = await _documents.Find(_id, cancellation);
        if (await IsMine(now, cancellation) && _documents.Faults(_id, origin.Text).Count == 0)
        {
            await _record.Note(ChangeRecord.Reverting, JsonSerializer.Serialize(origin, JsonSerializerOptions.Web), cancellation);
            if (await _documents.Save(_id, origin.Text, now.Version, cancellation) is { } saved)
            {
                await NoteReverted(saved.Version, origin, cancellation);
                return true;
            }

            now = await _documents.Find(_id, cancellation);
        }

        // A run before this one, a save whose answer got lost, or somebody by hand.
        if (now.Text != origin.Text) return false;
        await NoteReverted(now.Version, origin, cancellation);
        return true;
    }

    /// <summary>What was there before is its maker's again, who takes it back in turn.</summary>
    private async Task NoteReverted(string? version, Origin origin, CancellationToken cancellation)
    {
        if (origin.Maker is { } maker) await _made.Note(version, maker, _order.End + ChangeRecord.Kept, cancellation);
        await _record.Note(ChangeRecord.Reverted, version, cancellation);
    }

    /// <summary>The version that this grant made; null where it made none. One that an earlier run saved and did not come to note is noted now.</summary>
    private async Task<string?> Applied(CancellationToken cancellation)
    {
        if (await _record.Find(ChangeRecord.Applied, cancellation) is { } noted) return noted;
        if (await _record.Find(ChangeRecord.Meant, cancellation) is null) return null;
        var now = await _documents.Find(_id, cancellation);
        if (now.Version == Change.Base || now.Text != Change.After) return null;
        await NoteApplied(now.Version, cancellation);
        return now.Version ?? "";
    }

    private async Task NoteApplied(string? version, CancellationToken cancellation)
    {
        await _made.Note(version, _order.GrantId, _order.End + ChangeRecord.Kept, cancellation);
        await _record.Note(ChangeRecord.Applied, version, cancellation);
    }

    /// <summary>Tells the audit trail, once a step is noted: who asked, who approved, and through which request.</summary>
    private async Task Tell(string step, string? before, string? after, CancellationToken cancellation)
    {
        if (await _record.Find(ChangeRecord.Told + step, cancellation) is not null) return;
        var version = await _record.Find(step, cancellation);
        foreach (var (type, resource, more) in _documents.Told(_id, before, after, version is { Length: > 0 } ? version : null))
        {
            await _services.Audit.Append(new AuditEvent
            {
                Type = type,
                At = _services.Time.GetUtcNow(),
                Actor = _order.Requester,
                Channel = nameof(Channel.System),
                Succeeded = true,
                Reason = step == ChangeRecord.Applied ? "request" : "request-ended",
                Resource = resource,
                GrantId = _order.GrantId,
                Detail = new AuditDetail
                {
                    More = new Dictionary<string, string>(more)
                    {
                        ["request"] = _order.RequestId,
                        ["approvedBy"] = string.Join(",", _settings.ApprovedBy),
                        ["sha256"] = ChangeWords.Hash(Change),
                    },
                },
            }, cancellation);
        }

        await _record.Note(ChangeRecord.Told + step, null, cancellation);
    }

    private string Moved(string? now) =>
        _documents.Hindrance(_id) is { } hindrance ? $"cannot be changed: {hindrance.TrimEnd('.')}"
        : $"moved meanwhile: the change was made against {Named(Change.Base)}, and it {Is(now)} now. Nothing was applied; make a new request";

    private static string Named(string? version) => version is { Length: > 0 } ? $"version {version}" : "no document";

    private static string Is(string? version) => version is { Length: > 0 } ? $"is at version {version}" : "is not there";

    private ReadBackResult Gone(string evidence) => new(Present: false, Through: null, $"{_order.Resource}: {evidence}");

    private ReadBackResult There(string evidence) => new(Present: true, Through: null, $"{_order.Resource}: {evidence}.");

    private ReadBackResult Person(string evidence) => new(Present: false, Through: null, $"{_order.Resource}: {evidence}", AwaitsPerson: true, Fulfillers: []);

    private PlatformException Refuse(string what) => SettingsPlatform.Refuse(_order, what);
}
