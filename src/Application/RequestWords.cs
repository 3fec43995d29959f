using System.Globalization;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>How mails and pages speak of a request; values are as people gave them, so whoever shows them escapes.</summary>
public static class RequestWords
{
    /// <summary>The role that is asked for or was chosen; null: left to the reviewer, or the kind has none.</summary>
    public static string? Role(AccessRequest request) => request.Role ?? request.Ask.Role;

    /// <summary>What is asked for: <c>the role analyst on pg-prod/sales</c>.</summary>
    public static string What(AccessRequest request)
    {
        var resources = request.Ask.Resources;
        var where = resources.Count == 1 ? resources[0] : $"{resources.Count} resources";
        return request.Ask.Kind switch
        {
            AccessKind.Credential => $"the credential {where}",
            AccessKind.Session => $"a session on {where}",
            AccessKind.Certificate => $"a certificate for {where}",
            AccessKind.Settings => $"a change of settings on {where}",
            AccessKind.Recording => $"the recording {where}",
            AccessKind.Role => Role(request) is { } role ? $"the role {role} on {where}" : $"a role on {where}",
            AccessKind.Other => where,
        };
    }

    /// <summary>The stretch, or, while it floats, how long it will be.</summary>
    public static string When(AccessRequest request)
    {
        var period = request.Period;
        var length = Duration.Format(period.Length);
        if (period.Fixed || request.Phase != Phase.Open) return $"{At(period.Start)} to {At(period.End)} ({length})";
        return request.Ask.Start is { } start ? $"{length} from {At(start)}, or from approval where that is later" : $"{length} from approval";
    }

    /// <summary>Where the request stands.</summary>
    public static string Standing(AccessRequest request) => request.Phase switch
    {
        Phase.Open => $"Open, waiting for level {request.Level} of {request.Levels.Count}",
        Phase.Scheduled => $"Approved, starts {At(request.Period.Start)}",
        Phase.Provisioning => "Approved, being set up",
        Phase.Active => $"Active until {At(request.Period.End)}",
        Phase.Revoking => $"{Ended(request)}, being removed",
        Phase.Closed => request.ClosedAt is { } closed ? $"{Ended(request)}, closed {At(closed)}" : Ended(request),
        Phase.Denied => "Denied",
    };

    /// <summary>The outcome as a word, where there is one.</summary>
    public static string Ended(AccessRequest request) => request.Outcome?.ToString() ?? "Ended";

    /// <summary><c>2026-11-21 09:00 UTC</c>, with seconds where there are any.</summary>
    public static string At(DateTimeOffset at) =>
        at.UtcDateTime.ToString(at.UtcDateTime.Second == 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    /// <summary><c>1 approval</c>, <c>2 approvals</c>.</summary>
    public static string Count(int number, string one) => number == 1 ? $"1 {one}" : $"{number} {one}s";
}
