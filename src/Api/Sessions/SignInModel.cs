using AccessFunctions.Application.Directory;

namespace AccessFunctions.Api.Sessions;

/// <summary>What the sign-in page offers.</summary>
public sealed record SignInModel
{
    /// <summary>Where to go afterwards: a page of ours.</summary>
    public required string Return { get; init; }

    /// <summary>What led here, where that needs words.</summary>
    public string? Notice { get; init; }

    /// <summary>What went wrong; null: nothing.</summary>
    public SignInFailure? Failure { get; init; }

    /// <summary>Providers, each with the address that begins a sign-in there.</summary>
    public IReadOnlyList<(string Name, string Address)> Issuers { get; init; } = [];

    /// <summary>The people of a demo; empty elsewhere.</summary>
    public IReadOnlyList<Person> People { get; init; } = [];

    /// <summary>Proves that the demo's form is ours.</summary>
    public string Ticket { get; init; } = "";

    /// <summary>Nothing of it.</summary>
    public override string ToString() => nameof(SignInModel);
}

/// <summary>Why a sign-in came to nothing.</summary>
/// <param name="Title">In a few words.</param>
/// <param name="Words">What it means, and what to do.</param>
public sealed record SignInFailure(string Title, string Words);
