using System.Text.Json.Nodes;

namespace AccessFunctions.Integrations.BigQuery;

/// <summary>A role of one member, and the condition under which it holds.</summary>
/// <param name="Title">The condition's; null: it holds always.</param>
internal sealed record BigQueryBinding(string Role, BigQueryMember Member, string? Title, string? Expression);

/// <summary>Who may do what to a dataset or table, and under which version of it (etag) that was read.</summary>
internal abstract class BigQueryPolicy(string etag)
{
    public string Etag => etag;

    /// <summary>Everybody that is named, with roles in IAM's names.</summary>
    public abstract IReadOnlyList<BigQueryBinding> Bindings { get; }

    /// <summary>Puts a binding in the place of those with its title.</summary>
    public void Put(BigQueryBinding binding)
    {
        Remove(binding.Title!);
        Add(binding);
    }

    /// <summary>Takes away what has the title.</summary>
    public abstract void Remove(string title);

    protected abstract void Add(BigQueryBinding binding);

    protected static JsonObject Condition(BigQueryBinding binding) => new() { ["title"] = binding.Title, ["description"] = "Access Functions: time-bound access", ["expression"] = binding.Expression };

    protected static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}

/// <summary>A dataset's access entries ("REST Resource: datasets"). Entries that let views and other datasets in have no role, and stay as they are.</summary>
internal sealed class DatasetPolicy(JsonArray access, string etag) : BigQueryPolicy(etag)
{
    public JsonArray Access => access;

    public override IReadOnlyList<BigQueryBinding> Bindings =>
        [.. access.OfType<JsonObject>().Where(static entry => Text(entry["role"]) is not null).Select(static entry => (entry, member: Member(entry))).Where(static one => one.member is not null)
            .Select(static one => new BigQueryBinding(BigQueryRoles.Normal(Text(one.entry["role"])!), one.member!.Value, Text(one.entry["condition"]?["title"]), Text(one.entry["condition"]?["expression"])))];

    public override void Remove(string title)
    {
        foreach (var entry in access.Where(entry => Text(entry?["condition"]?["title"]) == title).ToList()) access.Remove(entry);
    }

    protected override void Add(BigQueryBinding binding) => access.Add(new JsonObject
    {
        ["role"] = binding.Role,
        [binding.Member.Kind == "group" ? "groupByEmail" : "userByEmail"] = binding.Member.Address,
        ["condition"] = Condition(binding),
    });

    private static BigQueryMember? Member(JsonObject entry) => entry switch
    {
        _ when Text(entry["userByEmail"]) is { } user => BigQueryMember.Of(user),
        _ when Text(entry["groupByEmail"]) is { } group => new BigQueryMember("group", group.ToLowerInvariant()),
        _ when Text(entry["domain"]) is { } domain => new BigQueryMember("domain", domain.ToLowerInvariant()),
        _ when Text(entry["specialGroup"]) is { } special => BigQueryMember.Read(special) ?? new BigQueryMember("special", special),
        _ when Text(entry["iamMember"]) is { } member => BigQueryMember.Read(member) ?? new BigQueryMember("special", member),
        _ => null,
    };
}

/// <summary>An IAM policy (iam.googleapis.com, "Policy"), of a table or a project.</summary>
internal sealed class IamPolicy(JsonObject policy) : BigQueryPolicy(Text(policy["etag"]) ?? "")
{
    public JsonObject Policy => policy;

    public override IReadOnlyList<BigQueryBinding> Bindings =>
        [.. from binding in (policy["bindings"] as JsonArray ?? []).OfType<JsonObject>()
            let role = Text(binding["role"])
            where role is not null
            from member in binding["members"] as JsonArray ?? []
            let name = Text(member)
            where name is not null
            select new BigQueryBinding(BigQueryRoles.Normal(role), BigQueryMember.Read(name) ?? new BigQueryMember("special", name), Text(binding["condition"]?["title"]), Text(binding["condition"]?["expression"]))];

    public override void Remove(string title)
    {
        if (policy["bindings"] is not JsonArray bindings) return;
        foreach (var binding in bindings.Where(binding => Text(binding?["condition"]?["title"]) == title).ToList()) bindings.Remove(binding);
    }

    /// <summary>Conditions need version 3 of the policy's form.</summary>
    protected override void Add(BigQueryBinding binding)
    {
        if (policy["bindings"] is not JsonArray bindings) policy["bindings"] = bindings = [];
        bindings.Add(new JsonObject { ["role"] = binding.Role, ["members"] = new JsonArray(binding.Member.Iam), ["condition"] = Condition(binding) });
        policy["version"] = 3;
    }
}
