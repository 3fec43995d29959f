using System.Runtime.CompilerServices;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>
/// A connected system on which access is given, found and taken (design, section 8). Every method is idempotent by the order's grant
/// id: running twice equals running once. Every call honours the token, which carries the hard time-out of the attempt; the same bound
/// is set on the server where there is one. Standing access and shared privileges are not the adapter's business:
/// the ledger (<see cref="IGrantLedger"/>) decides whether the platform is touched at all.
/// Failures are thrown as <see cref="PlatformException"/>; any other exception counts as transient.
/// </summary>
public interface IPlatform
{
    /// <summary>The instance's name, the first segment of its resources, for example <c>pg-prod</c>.</summary>
    string Name { get; }

    /// <summary>The adapter's type, for example <c>postgres</c>.</summary>
    string Type { get; }

    /// <summary>Kinds of access this platform provisions.</summary>
    IReadOnlyList<AccessKind> Kinds { get; }

    /// <summary>What an ask may say besides, for forms; values reach the adapter as <see cref="PlatformOrder.Parameters"/>.</summary>
    IReadOnlyList<PlatformParameter> Parameters => [];

    /// <summary>How this order's privilege is shared with other grants; null where each grant makes its own.</summary>
    SharedPrivilege? Shared(PlatformOrder order);

    /// <summary>What can be asked for here.</summary>
    Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation);

    /// <summary>True where <see cref="Resources"/> left some out when it was last called: they can be asked for by name.</summary>
    bool ListsPart => false;

    /// <summary>
    /// What the platform's own access passes down from: whoever was given something on one of these resources has it on the asked one too (a dataset's tables). Not
    /// what <see cref="PrivilegeFact.Everything"/> stands for; changes nothing and asks nobody.
    /// </summary>
    /// <param name="resource"><c>platform/path</c>, of this platform.</param>
    IReadOnlyList<string> Covering(string resource) => [];

    /// <summary>Who lives here.</summary>
    Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation);

    /// <summary>
    /// Everything there is, page by page: who lives here, who is a member of what, what there is, and who may do what to it. Changes nothing.
    /// Without an implementation of its own an adapter tells what <see cref="Identities"/> and <see cref="Resources"/> tell.
    /// </summary>
    /// <param name="from">The mark of an earlier page (<see cref="InventoryPage.Next"/>), perhaps of another process, behind which to go on; null: from the beginning.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="PlatformException">While it is read: the platform said no, or did not answer.</exception>
    async IAsyncEnumerable<InventoryPage> Inventory(string? from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (identities, resources) = (await Identities(cancellation), await Resources(cancellation));
        yield return new InventoryPage(
            [
                .. identities.Select(static identity => new IdentityFact(identity.Name, IdentityKind.Login)),
                .. resources.Select(static resource => new ResourceFact(resource.Resource, null, resource.Description)),
            ], null);
    }

    /// <summary>What a grant of this order is among the facts of <see cref="Inventory"/>; null where it is nothing there (a released secret).</summary>
    GrantFootprint? Footprint(PlatformOrder order) => order.Role is null ? null : new GrantFootprint(order.Identity, order.Role);

    /// <summary>Gives the access.</summary>
    Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation);

    /// <summary>Moves the end that the platform itself holds to <see cref="PlatformOrder.End"/>; does nothing where it holds none.</summary>
    Task Extend(PlatformOrder order, CancellationToken cancellation);

    /// <summary>Takes the access away: the privilege, credential or login goes first, then <see cref="Disconnect"/>'s work is done.</summary>
    Task Revoke(PlatformOrder order, CancellationToken cancellation);

    /// <summary>Looks: is it there, and through what? Changes nothing.</summary>
    Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation);

    /// <summary>Ends the identity's live sessions.</summary>
    Task Disconnect(PlatformOrder order, CancellationToken cancellation);

    /// <summary>Changes the credential that was released, storing the new one before the platform is set to it.</summary>
    Task Rotate(PlatformOrder order, CancellationToken cancellation);

    /// <summary>What the requester fetches while the grant is live; null where the kind has no secret.</summary>
    Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation);
}

/// <summary>Says what is shared: grants with the same key are one change on the platform.</summary>
/// <param name="Key">Stable text that names identity and privilege on this platform.</param>
/// <param name="EveryEndChanges">
/// False: the last live grant's end removes the privilege. True: every end changes it (a released password is rotated), and the other
/// holders are told to fetch again.
/// </param>
public sealed record SharedPrivilege(string Key, bool EveryEndChanges = false);

/// <summary>Something on a platform that access can be asked for.</summary>
/// <param name="Resource"><c>platform/path</c>.</param>
/// <param name="Kinds">Kinds of access that make sense for it.</param>
public sealed record PlatformResource(string Resource, string? Description, IReadOnlyList<AccessKind> Kinds);

/// <summary>Something that an ask may say for a platform.</summary>
public sealed record PlatformParameter
{
    /// <summary>Letters, digits, <c>-</c> and <c>_</c>, beginning with a letter; unique on its platform.</summary>
    public required string Name { get; init; }

    /// <summary>What forms call it; the name where absent.</summary>
    public string? Label { get; init; }
    public string? Description { get; init; }

    /// <summary>True: forms ask for it. Whoever asks without a form may leave it out.</summary>
    public bool Required { get; init; }

    /// <summary>More than one: a text with lines.</summary>
    public int Lines { get; init; } = 1;

    /// <summary>The values there are; empty: any text.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
}

/// <summary>What an attempt to grant led to.</summary>
/// <param name="Login">The login name the requester uses, where there is one. Never a secret.</param>
/// <param name="Fulfillers">Not null: nothing was changed, one of these people has to do it by hand.</param>
public sealed record GrantResult(string? Login = null, IReadOnlyList<string>? Fulfillers = null);

/// <summary>What a look found.</summary>
/// <param name="Present">The privilege itself is there: given directly, so that this grant would be what removes it.</param>
/// <param name="Through">What gives the same access by another way (a role chain, ownership); null where nothing does.</param>
/// <param name="Evidence">One sentence on what was looked at, for the proof. No secrets.</param>
/// <param name="AwaitsPerson">No machine can tell; a person must confirm.</param>
/// <param name="Fulfillers">Who may confirm besides administrators.</param>
/// <param name="MayBeAnothers">What is there cannot be told from what another grant left: it holds up this grant's end, and proves nothing of one that had ended.</param>
public sealed record ReadBackResult(bool Present, string? Through, string Evidence, bool AwaitsPerson = false, IReadOnlyList<string>? Fulfillers = null, bool MayBeAnothers = false);

/// <summary>A secret on its way to the requester: named fields, such as <c>username</c>, <c>password</c>, <c>host</c>.</summary>
public sealed record ReleasedSecret(IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>Never the values: a secret printed by accident prints nothing.</summary>
    public override string ToString() => $"ReleasedSecret({string.Join(", ", Fields.Keys)})";
}

/// <summary>A platform said no, or could not be reached.</summary>
public sealed class PlatformException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong, for people; no secrets.</param>
    /// <param name="permanent">Trying again cannot help (the role does not exist, the account lacks the right).</param>
    /// <param name="inner">The cause.</param>
    public PlatformException(string message, bool permanent = false, Exception? inner = null) : base(message, inner) => Permanent = permanent;

    public bool Permanent { get; }
}

/// <summary>The configured platforms by name.</summary>
public interface IPlatforms
{
    /// <summary>Those that access is given through, as far as this process knows.</summary>
    IReadOnlyList<IPlatform> All { get; }

    /// <summary>Those and the ones that were taken away.</summary>
    IReadOnlyList<IPlatform> Connected => All;

    /// <summary>Brings what other processes of the host set.</summary>
    Task Refresh(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>The platform of that name, or null. Also one that was taken away: what was given through it is taken through it.</summary>
    IPlatform? Find(string name);
}

/// <summary>Looking among platforms.</summary>
public static class PlatformsExtensions
{
    /// <summary>The platform of that name that access is given through, or null.</summary>
    public static IPlatform? Giving(this IPlatforms platforms, string name) => platforms.All.FirstOrDefault(platform => platform.Name == name);
}
