using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.BigQuery;

/// <summary>
/// Access on BigQuery: IAM roles on datasets and tables (<see cref="AccessKind.Role"/>), each an entry with a condition that ends by itself. <c>docs/platforms/bigquery.md</c> says
/// what that does to the project. An order that cannot be read is refused when it is to be granted; to take it away, nothing needs to be done.
/// </summary>
public sealed class BigQueryPlatform : IPlatform
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "bigquery";

    private readonly BigQueryPlatformOptions _options;
    private readonly BigQueryApi _api;
    private readonly BigQueryAccess _access;

    /// <summary>Makes the adapter; nothing is connected yet.</summary>
    /// <exception cref="ArgumentException">An option is wrong; the message says which, and holds no secret.</exception>
    public BigQueryPlatform(BigQueryPlatformOptions options, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Name);
        _options = options;
        var tokens = new GoogleTokens(options);
        _api = new BigQueryApi(options, tokens, time);
        _access = new BigQueryAccess(options, _api, tokens);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => TypeName;

    /// <inheritdoc/>
    public IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Role];

    /// <summary>Each grant has an entry of its own, so what stood before, and what others were given, is never touched.</summary>
    public SharedPrivilege? Shared(PlatformOrder order) => null;

    /// <summary>A table's dataset: a role on it is a role on each of its tables.</summary>
    public IReadOnlyList<string> Covering(string resource) =>
        resource.Split('/', 2) is [var platform, var path] && platform == Name && BigQueryTarget.Parse(path, out var target) is null && target is { Table: not null } ? [$"{Name}/{target.Dataset}"] : [];

    /// <summary>Datasets, tables and views.</summary>
    public async Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation)
    {
        var found = new List<PlatformResource>();
        foreach (var dataset in await Datasets(cancellation))
        {
            Add(dataset, "dataset");
            foreach (var table in await All((token, stop) => _api.Tables(dataset, 1000, token, stop), cancellation)) Add($"{dataset}.{table}", "table");
        }

        return found;

        void Add(string path, string described)
        {
            if (ResourceName.Fault($"{Name}/{path}") is null) found.Add(new PlatformResource($"{Name}/{path}", described, Kinds));
        }
    }

    /// <summary>Users, groups and service accounts that datasets' access lists name, and the project's policy where it is read.</summary>
    public async Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation)
    {
        var bindings = new List<BigQueryBinding>();
        if (_options.ProjectPolicy) bindings.AddRange((await _api.ProjectPolicy(cancellation)).Bindings);
        foreach (var dataset in await Datasets(cancellation)) bindings.AddRange((await _api.Policy(new BigQueryTarget(dataset, null), cancellation))?.Bindings ?? []);
        return [.. bindings.Where(static binding => binding.Member.IsNamed).Select(static binding => binding.Member.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new PlatformIdentity(Name, name))];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<InventoryPage> Inventory(string? from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var facts = new BigQueryFacts(_options, _api);
        from = await facts.Begin(from, cancellation);
        do
        {
            var page = await facts.Page(from, cancellation);
            yield return page;
            from = page.Next;
        }
        while (from is not null);
    }

    /// <inheritdoc/>
    public GrantFootprint? Footprint(PlatformOrder order) => BigQueryOrder.Read(Name, order).Order is { } meaning ? new GrantFootprint(meaning.Member.Name, meaning.Title) : null;

    /// <inheritdoc/>
    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        var meaning = BigQueryOrder.Read(Name, order).Required(Name);
        await _access.Grant(meaning, order.End, cancellation);
        return new GrantResult(meaning.Member.Name);
    }

    /// <inheritdoc/>
    public Task Extend(PlatformOrder order, CancellationToken cancellation) => _access.Extend(BigQueryOrder.Read(Name, order).Required(Name), order.End, cancellation);

    /// <inheritdoc/>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        if (BigQueryOrder.Read(Name, order).Order is { } meaning) await _access.Revoke(meaning, cancellation);
    }

    /// <inheritdoc/>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation) => BigQueryOrder.Read(Name, order) switch
    {
        ({ } meaning, _) => await _access.ReadBack(meaning, cancellation),
        (_, var problem) => new ReadBackResult(false, null, $"{Name}: nothing was given: {problem}"),
    };

    /// <summary>BigQuery has no sessions of users: each call is authorized by itself.</summary>
    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Nothing secret is released here.</summary>
    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => Task.FromResult<ReleasedSecret?>(null);

    private Task<List<string>> Datasets(CancellationToken cancellation) => All((token, stop) => _api.Datasets(1000, token, stop), cancellation);

    private static async Task<List<string>> All(Func<string?, CancellationToken, Task<(List<string> Names, string? Next)>> page, CancellationToken cancellation)
    {
        var names = new List<string>();
        string? token = null;
        do
        {
            (var more, token) = await page(token, cancellation);
            names.AddRange(more);
        }
        while (token is not null);
        return names;
    }
}
