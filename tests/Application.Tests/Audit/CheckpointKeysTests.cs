using System.Text;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit;

/// <summary>Keys of checkpoints over the years, with crashes between any two steps.</summary>
public sealed class CheckpointKeysTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly MemorySecrets _secrets = new();
    private readonly CheckpointKeys _keys;
    private readonly List<Checkpoint> _made = [];

    public CheckpointKeysTests() => _keys = new CheckpointKeys(_secrets, _time);

    [Fact]
    public async Task EveryCheckpoint_IsSignedByTheKeyInForce_AndThreeMonthsLaterByTheNext()
    {
        for (var month = 0; month < 12; month++)
        {
            await Make();
            _time.Advance(TimeSpan.FromDays(30));
        }

        Assert.Empty(CheckpointSigners.Verify(_made));
        Assert.Equal([1, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1], _made.Select(checkpoint => checkpoint.Signatures.Count));
        Assert.Equal(4, _made.SelectMany(checkpoint => checkpoint.Signatures).Select(signature => signature.KeyId).Distinct().Count());
        Assert.Equal(_made[0].Signatures[0].KeyId, CheckpointSigners.Anchor(_made));
        Assert.Empty(CheckpointSigners.Verify(_made, CheckpointSigners.Anchor(_made)));
    }

    [Fact]
    public async Task AnOldKey_IsThrownAway_OnceTheNextHasSigned()
    {
        await Make();
        var before = Encoding.UTF8.GetString(Assert.Single(_secrets.All).Value);
        _time.Advance(CheckpointKeys.InForce);
        await Make();
        var old = System.Text.Json.Nodes.JsonNode.Parse(before)!["Current"]!["Pkcs8"]!.ToString();
        Assert.DoesNotContain(old[..60], Encoding.UTF8.GetString(_secrets.All[CheckpointKeys.Secret]), StringComparison.Ordinal);
        await Make();
        Assert.Equal(_made[1].Signatures[1].KeyId, Assert.Single(_made[2].Signatures).KeyId);
    }

    [Fact]
    public async Task ACrashBetweenAnyTwoSteps_LeavesKeysThatFollowEachOther()
    {
        await Make();
        _time.Advance(CheckpointKeys.InForce);
        // Before anything was signed; after a checkpoint was signed, but not stored; after it was stored, but not noted.
        (await _keys.Open(default)).Dispose();
        await Make(stored: false);
        _made.RemoveAt(1);
        await Make(stored: false);
        await Make();
        await Make();
        Assert.Equal([1, 2, 2, 1], _made.Select(checkpoint => checkpoint.Signatures.Count));
        Assert.Empty(CheckpointSigners.Verify(_made));
    }

    [Fact]
    public async Task Signatures_ThatAreChangedRemovedOrAdded_AreFound()
    {
        await Make();
        await Make();
        _time.Advance(CheckpointKeys.InForce);
        await Make();
        await Make();
        var stranger = new CheckpointKeys(new MemorySecrets(), _time);
        using var theirs = await stranger.Open(default);
        var foreign = theirs.Sign(_made[1]).Signatures[0];

        Assert.Equal(AuditFault.CheckpointNotSigned, Found(1, _ => []));
        Assert.Equal(AuditFault.CheckpointKeyForeign, Found(1, _ => [foreign]));
        // Beside the key in force, as if it followed it.
        Assert.Equal(AuditFault.CheckpointSignatureWrong, Found(1, signatures => [.. signatures, foreign]));
        Assert.Equal(AuditFault.CheckpointSignatureWrong, Found(2, signatures => [signatures[0]]));
        Assert.Equal(AuditFault.CheckpointSignatureWrong, Found(2, signatures => [signatures[1], signatures[0]]));
        Assert.Equal(AuditFault.CheckpointSignatureWrong, Found(1, _ => _made[0].Signatures));
        Assert.Equal(AuditFault.CheckpointSignatureWrong, Found(1, signatures => [signatures[0] with { KeyId = foreign.KeyId }]));
        Assert.Equal(AuditFault.CheckpointSignatureWrong, Found(1, signatures => [signatures[0] with { Value = "not base64" }]));
        Assert.Equal(AuditFault.CheckpointSignatureWrong, Found(1, signatures => [signatures[0] with { PublicKey = Convert.ToBase64String([1, 2, 3]) }]));

        AuditFault Found(int at, Func<IReadOnlyList<CheckpointSignature>, IReadOnlyList<CheckpointSignature>> change)
        {
            var changed = _made.ToList();
            changed[at] = changed[at] with { Signatures = change(changed[at].Signatures) };
            return CheckpointSigners.Verify(changed, CheckpointSigners.Anchor(_made))[0].Fault;
        }
    }

    private async Task Make(bool stored = true)
    {
        using var signer = await _keys.Open(default);
        var made = signer.Sign(Checkpoints.Make(_made.Count + 1, _time.GetUtcNow(), [new StreamHead("r-1", _made.Count + 1, new string('a', 64))], _made.LastOrDefault()?.Root));
        _made.Add(made);
        if (stored) await _keys.Stored(made, default);
    }
}
