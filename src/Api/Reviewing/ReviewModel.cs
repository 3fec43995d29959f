using AccessFunctions.Api.Pages;
using AccessFunctions.Application.Settings;

namespace AccessFunctions.Api.Reviewing;

/// <summary>What the page of a link shows.</summary>
public sealed record ReviewModel
{
    /// <summary>What happened, or what is asked, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What it means, and what follows.</summary>
    public required IReadOnlyList<string> Says { get; init; }

    /// <summary>As in <see cref="PageLayout.Tone"/>.</summary>
    public string? Tone { get; init; }
    public IReadOnlyList<PageError> Errors { get; init; } = [];
    public IReadOnlyList<PageFact> Facts { get; init; } = [];

    /// <summary>The lines that a change of settings changes; null: none is asked for.</summary>
    public IReadOnlyList<DiffLine>? Changes { get; init; }

    /// <summary>What can be decided here; null: nothing.</summary>
    public ReviewForms? Forms { get; init; }

    /// <summary>The signed-in page of the request; null: not told.</summary>
    public Uri? RequestPage { get; init; }

    /// <summary>The title alone.</summary>
    public override string ToString() => $"ReviewModel({Title})";
}

/// <summary>What the forms of a link offer.</summary>
public sealed record ReviewForms
{
    /// <summary>Proves that the page was opened.</summary>
    public required string Ticket { get; init; }

    /// <summary>Only the form that takes access away.</summary>
    public bool Revoke { get; init; }

    /// <summary>Why the link cannot approve, in sentences; null: it can.</summary>
    public string? WhyNotApprove { get; init; }

    /// <summary>The period may be changed.</summary>
    public bool Period { get; init; }

    /// <summary>When access is asked for, in words.</summary>
    public string When { get; init; } = "";

    /// <summary>The roles to choose from; none: nothing to choose.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The role that is asked for; null: left to the reviewer.</summary>
    public string? Role { get; init; }

    /// <summary>What was sent and has to be mended.</summary>
    public ReviewInput Kept { get; init; } = new();

    /// <summary>Not the ticket.</summary>
    public override string ToString() => nameof(ReviewForms);
}
