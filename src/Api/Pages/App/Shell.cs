namespace AccessFunctions.Api.Pages.App;

/// <summary>What stands around a page's own content: who reads it, where, and when.</summary>
public sealed record Shell
{
    /// <summary>Who is signed in; null: nobody.</summary>
    public Reader? Reader { get; init; }

    /// <summary>True where anyone may sign in as anyone.</summary>
    public bool Demo { get; init; }

    /// <summary>The path of this page.</summary>
    public required string Path { get; init; }

    /// <summary>The path of this page with its query, for what shows it again.</summary>
    public required string Address { get; init; }

    /// <summary>The field that each form of this reader has to carry (<see cref="PostForm"/>).</summary>
    public string FormTicket { get; init; } = "";

    /// <summary>The reader's zone as their browser said it; UTC until then.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The instant the page is made.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>The pages this reader may open, in order.</summary>
    public IReadOnlyList<MenuEntry> Menu { get; init; } = [];

    /// <summary>Neither the ticket nor who reads.</summary>
    public override string ToString() => $"Shell({Path})";
}

/// <summary>The person who reads a page.</summary>
/// <param name="SignsOut">True where a session of ours can be ended; false for callers that send a credential with every call.</param>
public sealed record Reader(string Id, string Name, bool SignsOut);

/// <summary>An entry of the navigation.</summary>
/// <param name="Count">What waits there, for example <c>3</c> or <c>20+</c>; null: nothing.</param>
/// <param name="CountMeans">What the count counts, for those who do not see where it stands.</param>
public sealed record MenuEntry(string Path, string Label, string? Count = null, string? CountMeans = null);
