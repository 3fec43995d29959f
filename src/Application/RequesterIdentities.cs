using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>Who a requester is on the platforms they asked about: whoever approves may choose among these.</summary>
public static class RequesterIdentities
{
    /// <summary>All of them, as the directory has them now; on each platform first the one that access goes to.</summary>
    public static IReadOnlyList<PlatformIdentity> Of(AccessRequest request, IPeople people)
    {
        var platforms = request.Grants.Select(static grant => Resources.PlatformOf(grant.Resource)).ToHashSet(StringComparer.Ordinal);
        return people.Find(request.Requester) is { } requester ? [.. requester.PlatformIdentities().Where(identity => platforms.Contains(identity.Platform))] : [];
    }

    /// <summary>Names that are the requester's on every one of these platforms: what one choice can mean.</summary>
    public static IReadOnlyList<string> Choices(AccessRequest request, IPeople people)
    {
        var platforms = request.Grants.Select(static grant => Resources.PlatformOf(grant.Resource)).Distinct(StringComparer.Ordinal).Count();
        return [.. Of(request, people).GroupBy(static identity => identity.Name, StringComparer.Ordinal).Where(same => same.Distinct().Count() == platforms).Select(static same => same.Key)];
    }
}
