using AccessFunctions.Application;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.App;

/// <summary>Where a request is, in one or two words, and how that looks.</summary>
internal static class StatusWords
{
    public static string Word(AccessRequest request) => request.Phase switch
    {
        Phase.Open => "Open",
        Phase.Scheduled => "Scheduled",
        Phase.Provisioning => "Being set up",
        Phase.Active => "Active",
        Phase.Revoking => "Being removed",
        Phase.Closed => request.Outcome?.ToString() ?? "Closed",
        Phase.Denied => "Denied",
    };

    /// <summary>What is asked for, as it begins a line; a resource's own name stays as it is.</summary>
    public static string Title(AccessRequest request)
    {
        var what = RequestWords.What(request);
        return request.Ask.Kind == AccessKind.Other ? what : string.Concat(char.ToUpperInvariant(what[0]).ToString(), what.AsSpan(1));
    }

    /// <summary>A class of the style sheet; null: the usual.</summary>
    public static string? Look(AccessRequest request) => request.Phase switch
    {
        Phase.Open or Phase.Revoking => "status-waiting",
        Phase.Scheduled or Phase.Provisioning => "status-coming",
        Phase.Active => "status-active",
        Phase.Closed => request.Outcome is Outcome.Failed or Outcome.Revoked ? "status-bad" : null,
        Phase.Denied => "status-bad",
    };
}
