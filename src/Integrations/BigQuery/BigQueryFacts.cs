using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.BigQuery;

/// <summary>
/// Reads the project's policy, each dataset with its access, and each table with its policy. Whoever a policy names is an identity; BigQuery has no list of them. An
/// entry of this product's is told as an identity of its own, whose only member is who it was given to: so access can be traced to its grant.
/// </summary>
internal sealed class BigQueryFacts(BigQueryPlatformOptions options, BigQueryApi api)
{
    private const int TablesAtOnce = 50;
    private const int CallsAtOnce = 5;
    private const string Project = "project", Datasets = "datasets", Tables = "tables";

    /// <summary>Identities told in this reading: no fact comes twice.</summary>
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>The first page's mark.</summary>
    private string First => options.ProjectPolicy ? Mark(Project) : Mark(Datasets);

    /// <summary>Begins a reading, perhaps behind a mark: identities that the project's policy names are told with it, and not again.</summary>
    public async Task<string> Begin(string? mark, CancellationToken cancellation)
    {
        if (mark is not null && mark != First && options.ProjectPolicy) _ = ProjectFacts(await api.ProjectPolicy(cancellation));
        return mark ?? First;
    }

    /// <summary>One page.</summary>
    /// <exception cref="PlatformException">The mark is none of this adapter's.</exception>
    public async Task<InventoryPage> Page(string mark, CancellationToken cancellation) => Place(mark) switch
    {
        [Project] => new InventoryPage(ProjectFacts(await api.ProjectPolicy(cancellation)), Mark(Datasets)),
        [Datasets] => await DatasetPage(null, cancellation),
        [Datasets, var token] => await DatasetPage(token, cancellation),
        [Tables, var dataset, var then] => await TablePage(dataset, then, null, cancellation),
        [Tables, var dataset, var then, var token] => await TablePage(dataset, then, token, cancellation),
        _ => throw new PlatformException($"{options.Name}: \"{mark}\" is no place to go on from", permanent: true),
    };

    private List<InventoryFact> ProjectFacts(IamPolicy policy)
    {
        var bindings = policy.Bindings.Where(static binding => BigQueryRoles.ReachData(binding.Role)).ToList();
        var admins = bindings.Where(static binding => binding.Title is null && binding.Role is "roles/owner" or "roles/bigquery.admin").ToLookup(static binding => binding.Member.Name, static binding => binding.Role);
        var facts = Facts(PrivilegeFact.Everything(options.Name), bindings, member => [.. admins[member.Name].Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        foreach (var (role, group) in ((string, string)[])[("roles/owner", BigQueryMember.Owners), ("roles/editor", BigQueryMember.Writers), ("roles/viewer", BigQueryMember.Readers)])
        {
            if (_told.Add(group)) facts.Add(new IdentityFact(group, IdentityKind.Group));
            facts.AddRange(bindings.Where(binding => binding.Role == role && binding.Title is null).Select(binding => new MembershipFact(binding.Member.Name, group)).Distinct());
        }

        return facts;
    }

    /// <summary>One dataset.</summary>
    private async Task<InventoryPage> DatasetPage(string? token, CancellationToken cancellation)
    {
        var (names, next) = await api.Datasets(1, token, cancellation);
        if (names is not [var dataset, ..]) return new InventoryPage([], next is null ? null : Mark(Datasets, next));
        var then = next ?? "";
        if (await api.Policy(new BigQueryTarget(dataset, null), cancellation) is not { } policy) return new InventoryPage([], Mark(Tables, dataset, then));
        var resource = $"{options.Name}/{dataset}";
        return new InventoryPage([new ResourceFact(resource, "dataset"), .. Facts(resource, policy.Bindings)], Mark(Tables, dataset, then));
    }

    private async Task<InventoryPage> TablePage(string dataset, string then, string? token, CancellationToken cancellation)
    {
        var (names, next) = await api.Tables(dataset, TablesAtOnce, token, cancellation);
        var policies = new BigQueryPolicy?[names.Count];
        if (options.TablePolicies)
            await Parallel.ForAsync(0, names.Count, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellation }, async (i, stop) => policies[i] = await api.Policy(new BigQueryTarget(dataset, names[i]), stop));
        var facts = new List<InventoryFact>();
        for (var i = 0; i < names.Count; i++)
        {
            var resource = $"{options.Name}/{dataset}.{names[i]}";
            facts.Add(new ResourceFact(resource, "table"));
            facts.AddRange(Facts(resource, policies[i]?.Bindings ?? []));
        }

        return new InventoryPage(facts, (next, then) switch
        {
            ({ } further, _) => Mark(Tables, dataset, then, further),
            (_, "") => null,
            _ => Mark(Datasets, then),
        });
    }

    private List<InventoryFact> Facts(string resource, IReadOnlyList<BigQueryBinding> bindings, Func<BigQueryMember, IReadOnlyList<string>>? admin = null)
    {
        var facts = new List<InventoryFact>();
        foreach (var member in bindings.Select(static binding => binding.Member).Distinct())
        {
            if (_told.Add(member.Name)) facts.Add(Identity(member) with { Admin = admin?.Invoke(member) ?? [] });
        }

        foreach (var own in bindings.Where(IsOwn).GroupBy(static binding => binding.Title!, StringComparer.Ordinal))
        {
            facts.Add(new IdentityFact(own.Key, IdentityKind.Role) { Managed = true });
            facts.AddRange(own.Select(binding => new MembershipFact(binding.Member.Name, own.Key)).Distinct());
            facts.Add(new PrivilegeFact(own.Key, resource, [.. own.Select(static binding => binding.Role).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]));
        }

        facts.AddRange(bindings.Where(static binding => !IsOwn(binding)).GroupBy(static binding => binding.Member.Name, StringComparer.Ordinal).Select(of => new PrivilegeFact(of.Key, resource, [.. of.Select(Word).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)])));
        return facts;
    }

    private IdentityFact Identity(BigQueryMember member) => new(member.Name, member switch
    {
        { Kind: "user" or "serviceAccount" } => IdentityKind.Login,
        { Address: BigQueryMember.Everyone } => IdentityKind.Everyone,
        _ => IdentityKind.Group,
    })
    {
        // Addresses of Google accounts are Google's to verify; nobody can put another into a policy in their own name.
        Email = member.Kind == "user" ? member.Address : null,
        EmailVerified = member.Kind == "user",
        MembersUnknown = member switch
        {
            { Kind: "group" or "domain" } => true,
            { Address: BigQueryMember.Owners or BigQueryMember.Writers or BigQueryMember.Readers } => !options.ProjectPolicy,
            { Kind: "special", Address: var address } => address.StartsWith("principalSet:", StringComparison.Ordinal),
            _ => false,
        },
    };

    /// <summary>A role, and that it holds under a condition only. Not under which: its title is whatever somebody wrote.</summary>
    private static string Word(BigQueryBinding binding) => binding.Title is null && binding.Expression is null ? binding.Role : $"{binding.Role} (if a condition holds)";

    private static bool IsOwn(BigQueryBinding binding) => binding.Title?.StartsWith(BigQueryOrder.Prefix, StringComparison.Ordinal) == true;

    private static string Mark(params string[] place) => JsonSerializer.Serialize(place);

    private static string[] Place(string mark)
    {
        try
        {
            return [.. JsonSerializer.Deserialize<string?[]>(mark) is { } place && !place.Contains(null) ? place.OfType<string>() : []];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
