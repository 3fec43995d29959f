using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Authentication;

/// <summary>Reads one kind of credential off a call. The pipeline asks each in turn and takes the first that has an answer.</summary>
public interface IAuthenticator
{
    /// <summary>What the call's credential of this kind says; null where it carries none.</summary>
    Task<SignIn?> Authenticate(HttpContext http);
}

/// <summary>What a credential was found to be.</summary>
public abstract record SignIn;

/// <summary>A valid credential.</summary>
/// <param name="Credential">Whose it is; who that is here, the directory says.</param>
/// <param name="Channel">The assurance it gives.</param>
/// <param name="Roles">Product roles the credential itself grants.</param>
public sealed record Identified(Credential Credential, Channel Channel, IReadOnlyList<string> Roles) : SignIn
{
    /// <summary>Tells this very credential from the person's others without giving it away, for example a token's hash; kept in memory only.</summary>
    public string Fingerprint { get; init; } = $"{Credential.Issuer} {Credential.Subject}";

    /// <summary>True where the browser sends it by itself, also with calls that another site caused: then a call that changes something needs a ticket.</summary>
    public bool SentByBrowser { get; init; }

    /// <summary>True where it is a session of ours, which can be ended here.</summary>
    public bool HasSession { get; init; }
}

/// <summary>A credential that does not hold.</summary>
/// <param name="Reason">A stable word for the audit, for example <c>token-expired</c>.</param>
/// <param name="Words">One sentence for the caller; no internals.</param>
public sealed record Rejected(string Reason, string Words) : SignIn
{
    /// <summary>True for a session of ours that was there and has ended: its reader is sent to sign in again.</summary>
    public bool IsEnd { get; init; }

    /// <summary>Whose it was, where that is beyond doubt; null: nobody knows.</summary>
    public Credential? Whose { get; init; }

    /// <summary>Names the credential, so that the same one is noted once; null: it has no name.</summary>
    public string? Fingerprint { get; init; }
}

/// <summary>Validates the tokens of one issuer.</summary>
public interface ITokenValidator
{
    /// <summary>The exact <c>iss</c> of the tokens this one judges.</summary>
    string Issuer { get; }

    /// <summary>Judges a token that claims to be this issuer's.</summary>
    Task<SignIn> Validate(string token, CancellationToken cancellation);
}
