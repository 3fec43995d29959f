using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Api.Pages.Profile;

/// <summary>What the reader's own page shows.</summary>
public sealed record ProfileModel
{
    /// <summary>The reader, with the product roles that this sign-in gives.</summary>
    public required Person Person { get; init; }

    /// <summary>For the names of others.</summary>
    public required IPeople People { get; init; }

    /// <summary>How they are signed in.</summary>
    public required SignedInBy SignedIn { get; init; }

    /// <summary>Who stands in for them, now or later; null: nobody.</summary>
    public Delegation? StandIn { get; init; }

    /// <summary>Those for whom the reader stands in, now or later.</summary>
    public IReadOnlyList<Delegation> StandsInFor { get; init; } = [];

    /// <summary>Whom the form proposes; empty where there are too many to list.</summary>
    public IReadOnlyList<Person> Colleagues { get; init; } = [];

    /// <summary>The form of the stand-in, as it was sent or as it begins.</summary>
    public StandInInput Input { get; init; } = new();

    /// <summary>Their Slack user.</summary>
    public required SlackModel Slack { get; init; }

    /// <summary>What has to be mended.</summary>
    public IReadOnlyList<PageError> Errors { get; init; } = [];

    /// <summary>What was done; null: nothing yet.</summary>
    public string? Done { get; init; }

    /// <summary>Nothing of it.</summary>
    public override string ToString() => nameof(ProfileModel);
}

/// <summary>What the page shows of the reader's Slack user.</summary>
/// <param name="SetUp">False where nothing can be linked.</param>
/// <param name="Linked">The member id; null: none.</param>
/// <param name="Awaited">The code that waits to be typed; null: none.</param>
/// <param name="Typed">The member id as it was typed; null: not yet.</param>
public sealed record SlackModel(bool SetUp, string? Linked, SlackLinkAsked? Awaited = null, string? Typed = null);

/// <summary>A sign-in in words.</summary>
/// <param name="Provider">Where the person signed in.</param>
/// <param name="Since">When; null where a credential comes with every call.</param>
/// <param name="Until">When the session ends, whatever is done in it; null likewise.</param>
/// <param name="Idle">It ends earlier where nothing is clicked for so long.</param>
public sealed record SignedInBy(string Provider, DateTimeOffset? Since = null, DateTimeOffset? Until = null, TimeSpan Idle = default);
