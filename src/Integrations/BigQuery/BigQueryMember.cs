namespace AccessFunctions.Integrations.BigQuery;

/// <summary>
/// Somebody a policy names. Told and asked for: users by their bare address, everybody else as IAM writes them (<c>group:…</c>, <c>serviceAccount:…</c>); lower case, as
/// addresses are equal in any.
/// </summary>
/// <param name="Kind">IAM's word: <c>user</c>, <c>group</c>, <c>serviceAccount</c>, <c>domain</c>, <c>special</c>.</param>
internal readonly record struct BigQueryMember(string Kind, string Address)
{
    /// <summary>How everybody is told.</summary>
    public const string Everyone = "allAuthenticatedUsers";

    /// <summary>Whoever has the project's basic roles.</summary>
    public const string Owners = "projectOwners", Writers = "projectWriters", Readers = "projectReaders";

    private const string ServiceAccounts = ".gserviceaccount.com";

    /// <summary>The name among identities.</summary>
    public string Name => Kind is "user" or "special" ? Address : $"{Kind}:{Address}";

    /// <summary>As an IAM policy writes it.</summary>
    public string Iam => Kind == "special" ? Address : $"{Kind}:{Address}";

    /// <summary>True for one that access can be given to.</summary>
    public bool IsNamed => Kind is "user" or "group" or "serviceAccount";

    /// <summary>Reads an identity's name, or a member of an IAM policy; null where it is neither.</summary>
    public static BigQueryMember? Read(string text) => text.Split(':', 2) switch
    {
        ["allUsers" or "allAuthenticatedUsers"] => new BigQueryMember("special", Everyone),
        [var address] when address.Contains('@', StringComparison.Ordinal) => Of(address),
        ["user" or "group" or "serviceAccount" or "domain", ""] => null,
        ["user", var address] => Of(address),
        [("group" or "serviceAccount" or "domain") and var kind, var address] => new BigQueryMember(kind, address.ToLowerInvariant()),
        ["projectOwner" or "projectEditor" or "projectViewer", _] => new BigQueryMember("special", text.Split(':')[0] switch { "projectOwner" => Owners, "projectEditor" => Writers, _ => Readers }),
        ["deleted" or "principal" or "principalSet", _] => new BigQueryMember("special", text),
        _ => null,
    };

    /// <summary>A bare address: BigQuery names service accounts like users.</summary>
    public static BigQueryMember Of(string address) => new(address.EndsWith(ServiceAccounts, StringComparison.OrdinalIgnoreCase) ? "serviceAccount" : "user", address.ToLowerInvariant());
}
