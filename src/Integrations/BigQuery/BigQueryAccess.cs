using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.BigQuery;

/// <summary>Gives, finds and takes one conditional binding per grant, which its condition's title tells from every other.</summary>
internal sealed class BigQueryAccess(BigQueryPlatformOptions options, BigQueryApi api, GoogleTokens tokens)
{
    public async Task Grant(BigQueryOrder order, DateTimeOffset end, CancellationToken cancellation)
    {
        if (!BigQueryRoles.IsRole(order.Role)) throw Refuse($"{order.Role} is no role for datasets and tables: those are roles/bigquery.… and custom ones (projects/…/roles/…)");
        if (!BigQueryRoles.IsPlain(order.Role) && !options.PrivilegedRoles.Contains(order.Role, StringComparer.Ordinal))
            throw Refuse($"{order.Role} can give access further, or is a custom role, whose permissions are not looked into; list it under privilegedRoles to let it be given");
        if (order.Member.Address == tokens.Account) throw Refuse($"{order.Member.Name} is the platform's own account and gets no access through requests");
        if (!await Put(order, end, needed: false, cancellation)) throw Refuse($"there is no {(order.Target.Table is null ? "dataset" : "table")} {order.Target} in {options.Project}");
    }

    /// <summary>Moves the end in the condition.</summary>
    public async Task Extend(BigQueryOrder order, DateTimeOffset end, CancellationToken cancellation)
    {
        if (!await Put(order, end, needed: true, cancellation)) throw Refuse($"{order.Target} is not there any more, so the end of access to it cannot be moved");
    }

    public Task Revoke(BigQueryOrder order, CancellationToken cancellation) => api.Change(order.Target, policy =>
    {
        var isThere = policy.Bindings.Any(binding => binding.Title == order.Title);
        if (isThere) policy.Remove(order.Title);
        return isThere;
    }, cancellation);

    public async Task<ReadBackResult> ReadBack(BigQueryOrder order, CancellationToken cancellation)
    {
        var policy = await api.Policy(order.Target, cancellation);
        var own = policy?.Bindings.FirstOrDefault(binding => binding.Title == order.Title);
        var looked = policy is null
            ? $"{options.Name}: there is no {order.Target}, so nothing is held on it"
            : $"{options.Name}: the policy of {order.Target} has {(own is null ? "no entry" : $"an entry ({own.Expression})")} titled {order.Title}";
        return new ReadBackResult(own is not null, policy is null ? null : await Through(order, policy, cancellation), looked);
    }

    private async Task<bool> Put(BigQueryOrder order, DateTimeOffset end, bool needed, CancellationToken cancellation)
    {
        var binding = new BigQueryBinding(order.Role, order.Member, order.Title, BigQueryOrder.Expression(end));
        return await api.Change(order.Target, policy =>
        {
            var there = policy.Bindings.Where(one => one.Title == order.Title).ToList();
            if (there.Count == 0 && needed) throw Refuse($"the entry of this grant is not in the policy of {order.Target} any more, so its end cannot be moved");
            if (there is [var only] && only == binding) return false;
            policy.Put(binding);
            return true;
        }, cancellation);
    }

    /// <summary>The same role for the same member by an entry of somebody else's; on a table also the dataset's and, where it is read, the project's.</summary>
    private async Task<string?> Through(BigQueryOrder order, BigQueryPolicy policy, CancellationToken cancellation)
    {
        if (Other(order, policy) is { } here) return $"{here} of {order.Target}";
        if (order.Target.Table is not null && await api.Policy(order.Target with { Table = null }, cancellation) is { } dataset && Other(order, dataset) is { } above) return $"{above} of {order.Target.Dataset}";
        return options.ProjectPolicy && Other(order, await api.ProjectPolicy(cancellation)) is { } project ? $"{project} of project {options.Project}" : null;
    }

    private static string? Other(BigQueryOrder order, BigQueryPolicy policy) =>
        policy.Bindings.FirstOrDefault(binding => binding.Role == order.Role && binding.Member == order.Member && binding.Title != order.Title) switch
        {
            null => null,
            { Title: { } title } => $"the entry titled {title}",
            _ => "an entry without a condition",
        };

    private PlatformException Refuse(string why) => new($"{options.Name}: {why}", permanent: true);
}
