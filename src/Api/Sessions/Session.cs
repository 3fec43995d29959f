using AccessFunctions.Application.Directory;

namespace AccessFunctions.Api.Sessions;

/// <summary>A browser's session, as its encrypted cookie holds it.</summary>
/// <param name="Id">Random; forms are bound to it.</param>
/// <param name="Credential">Who signed in. Who that is here, and whether they still are, the directory says at each call.</param>
/// <param name="Roles">Product roles that the sign-in granted.</param>
/// <param name="SignedInAt">When it began.</param>
/// <param name="SeenAt">The last call by hand, to the minute.</param>
public sealed record Session(string Id, Credential Credential, IReadOnlyList<string> Roles, DateTimeOffset SignedInAt, DateTimeOffset SeenAt)
{
    /// <summary>Nothing of it.</summary>
    public override string ToString() => nameof(Session);
}

/// <summary>A sign-in that was begun, kept in a cookie of its own until the provider sends the browser back.</summary>
/// <param name="State">Comes back with the code.</param>
/// <param name="Nonce">Comes back in the ID token.</param>
/// <param name="Verifier">What only the browser that began it can bring (PKCE, RFC 7636).</param>
/// <param name="Issuer">Whose answer is awaited.</param>
/// <param name="Return">Where to go then: a page of ours.</param>
/// <param name="Until">When it is too late.</param>
internal sealed record SignInAttempt(string State, string Nonce, string Verifier, string Issuer, string Return, DateTimeOffset Until)
{
    public override string ToString() => nameof(SignInAttempt);
}
