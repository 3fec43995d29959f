using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.One;

/// <summary>What the forms of a request need.</summary>
public sealed record ActionsModel
{
    public required AccessRequest Request { get; init; }
    public required IPeople People { get; init; }

    /// <summary>What this reader may do now, as the words of the routes.</summary>
    public required IReadOnlyList<string> Actions { get; init; }

    /// <summary>The action that was sent and has to be mended; null: none.</summary>
    public string? Failed { get; init; }

    /// <summary>What was sent with it.</summary>
    public ActionInput Kept { get; init; } = new();

    /// <summary>What has to be mended.</summary>
    public IReadOnlyList<PageError> Errors { get; init; } = [];

    /// <summary>Keeps the ids of several requests' forms on one page apart; empty where there is one.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>True: the answer is the list of approvals.</summary>
    public bool FromApprovals { get; init; }

    /// <summary>True right after the request was submitted: what may follow at once is open.</summary>
    public bool JustAsked { get; init; }

    public bool Offers(string action) => Actions.Contains(action, StringComparer.Ordinal);

    /// <summary>What was sent with an action that has to be mended; nothing for the others.</summary>
    public ActionInput KeptOf(string action) => Failed == action ? Kept : new();

    /// <summary>The id of a field, where each action has its own.</summary>
    internal static string Id(string action, string field) => $"{action}-{field}";

    /// <summary>The action and the request.</summary>
    public override string ToString() => $"ActionsModel({Request.Id})";
}
