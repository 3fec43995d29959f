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
