using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>
/// Access groups as documents with ETags. Administrators and auditors see all of them, others those that have them as a member;
/// administrators edit, always against the version they read.
/// </summary>
internal static class GroupHandlers
{
    public static IReadOnlyList<QueryParameter> ReadHeaders { get; } = [new("If-None-Match", typeof(string), "An ETag; 304 where it is still the version.")];

    public static IReadOnlyDictionary<int, string> ReadAnswers { get; } =
        new Dictionary<int, string> { [StatusCodes.Status304NotModified] = "It is still the version that you have." };

    public static IReadOnlyDictionary<int, string> PutAnswers { get; } = new Dictionary<int, string> { [StatusCodes.Status201Created] = "It was created." };

    public static IReadOnlyList<QueryParameter> PutHeaders { get; } =
    [
        new("If-Match", typeof(string), "The ETag of the version to replace."),
        new("If-None-Match", typeof(string), "`*` creates, and fails where one exists."),
    ];

    public static IReadOnlyList<QueryParameter> DeleteHeaders { get; } = [new("If-Match", typeof(string), "The ETag of the version to delete.")];

    public static Task<IResult> List(ApiCall call)
    {
        List<StoredGroup> visible = [.. call.Service<IAccessGroups>().All.Where(stored => MayRead(call.Caller, stored.Group))];
        var versions = Encoding.UTF8.GetBytes(string.Join('\n', visible.Select(stored => $"{stored.Group.Id} {stored.Version}")));
        var version = Convert.ToHexStringLower(SHA256.HashData(versions).AsSpan(0, 16));
        return Task.FromResult(Document(call, new GroupList([.. visible.Select(stored => stored.Group)]), version));
    }

    public static Task<IResult> Find(ApiCall call) => Task.FromResult(
        call.Service<IAccessGroups>().Find(call.Id) is { } stored && MayRead(call.Caller, stored.Group)
            ? Document(call, stored.Group, stored.Version)
            : RequestHandlers.NotFound(call));

    public static async Task<IResult> Put(ApiCall call)
    {
        var group = call.Body<AccessGroup>();
        var (ifMatch, creates) = Precondition(call.Http.Request, mayCreate: true);
        if (!string.Equals(group.Id, call.Id, StringComparison.Ordinal))
            throw new ProblemException(Fault.Invalid, "id", $"The path says \"{call.Id}\"; both must be the same.");

        var saved = await call.Service<Administration>().SaveGroup(call.Caller, group, creates ? null : ifMatch, call.Cancellation);
        if (Problem(call, saved) is { } problem) return problem;
        var stored = saved.Stored ?? throw new InvalidOperationException("A group was saved and not returned.");
        var status = creates ? StatusCodes.Status201Created : StatusCodes.Status200OK;
        return Answer.Json(stored.Group, status, ApiJson.Documents, headers: ("ETag", Tag(stored.Version)));
    }

    public static async Task<IResult> Delete(ApiCall call)
    {
        var (ifMatch, _) = Precondition(call.Http.Request, mayCreate: false);
        var deleted = await call.Service<Administration>().DeleteGroup(call.Caller, call.Id, ifMatch!, call.Cancellation);
        return Problem(call, deleted) ?? Answer.Empty(StatusCodes.Status204NoContent);
    }

    /// <summary>True where the caller may read the group.</summary>
    internal static bool MayRead(Caller caller, AccessGroup group) =>
        caller.IsAdministrator || caller.IsAuditor || group.Members.Any(member => member == "everyone" || member == caller.Id
            || (member.StartsWith("group:", StringComparison.Ordinal) && caller.Person.Groups.Contains(member["group:".Length..], StringComparer.Ordinal)));

    private static IResult Document(ApiCall call, object value, string version) =>
        call.Http.Request.Headers.IfNoneMatch.Any(tags => tags?.Split(',', StringSplitOptions.TrimEntries).Any(tag => Version(tag) == version) == true)
            ? new Answer(StatusCodes.Status304NotModified, null) { Headers = new Dictionary<string, string> { ["ETag"] = Tag(version) } }
            : Answer.Json(value, options: ApiJson.Documents, headers: ("ETag", Tag(version)));

    private static Answer? Problem(ApiCall call, GroupSaved saved) => saved switch
    {
        { VersionDiffers: true } => Answer.Problem(call.Http, Fault.PreconditionFailed, saved.Why),
        { Refusal: { } refusal } => Answer.Problem(call.Http, refusal),
        _ => null,
    };

    private static (string? IfMatch, bool Creates) Precondition(HttpRequest request, bool mayCreate)
    {
        var (match, noneMatch) = (request.Headers.IfMatch, request.Headers.IfNoneMatch);
        if (match.Count == 1 && noneMatch.Count == 0 && match[0]?.Trim() is { } tag)
            return Version(tag) is { } version ? (version, false)
                : throw new ProblemException(Fault.BadParameter, "If-Match", "One ETag in double quotes is expected, as a GET answers it.");
        if (mayCreate && match.Count == 0 && noneMatch is ["*"]) return (null, true);
        throw match.Count + noneMatch.Count == 0
            ? new ProblemException(Fault.PreconditionRequired)
            : new ProblemException(Fault.BadParameter, "If-Match",
                mayCreate ? "Either one If-Match with one ETag, or If-None-Match: *." : "One If-Match with one ETag.");
    }

    /// <summary>The version inside an ETag; null where it is none. Weak tags never match: an edit replaces exact bytes.</summary>
    private static string? Version(string tag) =>
        tag.Length > 2 && tag[0] == '"' && tag[^1] == '"' && !tag[1..^1].Contains('"', StringComparison.Ordinal) ? tag[1..^1] : null;

    private static string Tag(string version) => $"\"{version}\"";
}

/// <summary>The access groups that the caller may read, all on one page.</summary>
public sealed record GroupList(IReadOnlyList<AccessGroup> Items, string? Next = null);
