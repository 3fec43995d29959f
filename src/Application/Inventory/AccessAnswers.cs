using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>
/// Who has access to what: from what platforms were found to hold, and from the grants that are live or ended since (<see cref="SinceFacts"/>). A
/// caller sees their own; administrators and auditors see everybody's. Handlers, pages and tools all ask here.
/// </summary>
public sealed class AccessAnswers(InventoryGraphs graphs, IInventoryStore store, IRequestReader requests, IPlatforms platforms, IDirectory directory)
{
    private const int PageSize = 200;
    private readonly LiveGrantReader _grants = new(requests, platforms);
    private readonly ResourcePrivileges _privileges = new(store, platforms);

    /// <summary>A page of ways, in a stable order; what was given by hand or as a secret comes last.</summary>
    /// <param name="cursor">The page before's; null: the first page.</param>
    /// <param name="limit">At least 1.</param>
    /// <exception cref="FormatException">It is no cursor of this list.</exception>
    public async Task<Page<AccessAnswer>> Find(Caller caller, AccessQuery query, string? cursor, int limit, CancellationToken cancellation)
    {
        var place = AccessPlace.Read(cursor);
        var oversees = caller.IsAdministrator || caller.IsAuditor;
        if (!oversees && query.Person is { } other && other != caller.Id) return new Page<AccessAnswer>([], null);
        var person = oversees ? query.Person : caller.Id;
        var identity = query.Identity is { } id ? IdentityIds.Read(id) : null;
        if (query.Identity is not null && identity is null) return new Page<AccessAnswer>([], null);

        var platform = query.Resource is { } resource ? Resources.PlatformOf(resource) : identity?.Platform;
        var turn = new Turn(query, person, identity, await _grants.Read(person, platform, cancellation), place, limit);
        var inventories = platform is null ? await graphs.All(cancellation) : await graphs.Find(platform, cancellation) is { } one ? [one] : [];
        foreach (var inventory in inventories.Where(inventory => place.Platform is null || string.CompareOrdinal(inventory.Platform, place.Platform) >= 0))
        {
            var view = await View(turn, inventory, cancellation);
            if (query.Resource is { } asked && identity is null && person is null) await On(turn, view, asked, cancellation);
            else await Of(turn, view, cancellation);
            if (turn.IsFull) return turn.Page();
        }

        await Given(turn, inventories, cancellation);
        return turn.Page();
    }

    private async Task<LedgerView> View(Turn turn, Inventoried inventory, CancellationToken cancellation)
    {
        if (!turn.Views.TryGetValue(inventory.Platform, out var view)) turn.Views.Add(inventory.Platform, view = await SinceFacts.Read(inventory, turn.Running, turn.Person is null, _grants, cancellation));
        return view;
    }

    /// <summary>What identities have: those of a person, one that was named, or all that are people's.</summary>
    private async Task Of(Turn turn, LedgerView inventory, CancellationToken cancellation)
    {
        var (graph, live) = (inventory.Graph, turn.Grants.Where(grant => grant.Platform == inventory.Platform).ToList());
        var paths = new AccessPaths(graph, live);
        var on = turn.Query.Resource is { } resource ? await On(inventory.Platform, resource, cancellation) : null;
        foreach (var identity in Whose(turn, graph, live))
        {
            var name = identity.Name;
            if (turn.IsDone(inventory.Platform, $"{name}{AccessPlace.Last}")) continue;
            List<(AccessPath Path, bool NotInherited)> ways = [.. paths.From(name, notInherited: false).Select(static path => (path, false)), .. paths.From(name, notInherited: true).Select(static path => (path, true))];
            foreach (var way in ways.OrderBy(static way => way.Path.Grantee, StringComparer.Ordinal).ThenBy(static way => way.Path.Grant?.Grant.Id, StringComparer.Ordinal).ThenBy(static way => way.NotInherited))
            {
                var section = $"{name}\0{way.Path.Grantee}\0{way.Path.Grant?.Grant.Id}\0{way.NotInherited}";
                if (turn.IsDone(inventory.Platform, section)) continue;
                var after = turn.After(inventory.Platform, section);
                do
                {
                    var page = on is null
                        ? await store.PrivilegesOf(inventory.Platform, way.Path.Grantee, after, PageSize, cancellation)
                        : new Page<PrivilegeFact>([.. on[way.Path.Grantee].Where(fact => after is null || string.CompareOrdinal(fact.Resource, after) > 0).OrderBy(static fact => fact.Resource, StringComparer.Ordinal)], null);
                    foreach (var fact in page.Items.Where(fact => fact.NotInherited == way.NotInherited))
                    {
                        foreach (var answer in Answers(turn, inventory, fact, way.Path))
                        {
                            if (!turn.Add(answer, new AccessPlace(inventory.Platform, section, fact.Resource))) return;
                        }
                    }

                    after = page.Next;
                }
                while (after is not null);
            }
        }
    }

    /// <summary>Who has something on a resource, and on everything there is.</summary>
    private async Task On(Turn turn, LedgerView inventory, string resource, CancellationToken cancellation)
    {
        var paths = new AccessPaths(inventory.Graph, turn.Grants);
        var facts = await On(inventory.Platform, resource, cancellation);
        foreach (var fact in facts.SelectMany(static group => group).Where(fact => !inventory.Gone.Contains(fact.Grantee)).OrderBy(static fact => fact.Grantee, StringComparer.Ordinal).ThenBy(static fact => fact.Resource, StringComparer.Ordinal))
        {
            var section = $"{fact.Grantee}\0{fact.Resource}";
            if (turn.IsDone(inventory.Platform, section)) continue;
            var after = turn.After(inventory.Platform, section);
            foreach (var path in paths.To(fact.Grantee, fact.NotInherited))
            {
                var key = $"{path.Identity}\0{path.Grant?.Grant.Id}";
                if ((after is not null && string.CompareOrdinal(key, after) <= 0) || !IsSomebody(inventory.Graph, path.Identity)) continue;
                foreach (var answer in Answers(turn, inventory, fact, path))
                {
                    if (!turn.Add(answer, new AccessPlace(inventory.Platform, section, key))) return;
                }
            }
        }
    }

    private async Task<ILookup<string, PrivilegeFact>> On(string platform, string resource, CancellationToken cancellation) =>
        (await _privileges.On(platform, resource, cancellation)).ToLookup(static fact => fact.Grantee, StringComparer.Ordinal);

    /// <summary>Live grants that no fact answers for: access by hand, secrets, roles that give nothing on what was asked for itself, what was given since the facts were read.</summary>
    private async Task Given(Turn turn, IReadOnlyList<Inventoried> inventories, CancellationToken cancellation)
    {
        foreach (var grant in turn.Grants.OrderBy(static grant => grant.Grant.Id, StringComparer.Ordinal))
        {
            if (turn.IsDone(AccessPlace.Last, grant.Grant.Id) || !IsOf(turn, grant)) continue;
            var view = inventories.FirstOrDefault(inventory => inventory.Platform == grant.Platform) is { } inventory ? await View(turn, inventory, cancellation) : null;
            if (!IsOn(turn, view, grant) || (view is not null && await IsAmongFacts(view.Graph, grant, cancellation))) continue;
            var answer = new AccessAnswer
            {
                Person = grant.Request.Requester,
                Platform = grant.Platform,
                Identity = grant.Identity,
                Resource = grant.Grant.Resource,
                Privileges = [grant.Request.Role ?? grant.Request.Ask.Kind.ToString()],
                Grant = grant.Grant.Id,
                Request = grant.Request.Id,
                Until = grant.Standing ? null : grant.Request.Period.End,
            };
            if (!turn.Add(answer, new AccessPlace(AccessPlace.Last, grant.Grant.Id, null))) return;
        }
    }

    private static bool IsOf(Turn turn, LiveGrant grant) => turn.Identity is not { } identity || new PlatformIdentity(grant.Platform, grant.Identity ?? "") == identity;

    /// <summary>True where the grant is on what was asked for, or on what covers it; or on what that is part of, as long as no facts say what it gives there.</summary>
    private bool IsOn(Turn turn, LedgerView? view, LiveGrant grant) => turn.Query.Resource is not { } resource || _privileges.Covering(grant.Platform, resource).Contains(grant.Grant.Resource)
        || (grant is { Identity: { } identity, Grant.Fulfillers.Count: 0 } && IsPart(resource, grant.Grant.Resource) && (view is null || (grant.Grant.GrantedAt >= view.Since && view.Graph.Find(grant.Role ?? identity) is null)));

    /// <summary>Whether a resource is part of another: <c>pg-prod/analytics.orders</c> of <c>pg-prod/analytics</c>.</summary>
    private static bool IsPart(string resource, string whole) => resource.Length > whole.Length && resource[whole.Length] is ('.' or '/') && resource.StartsWith(whole, StringComparison.Ordinal);

    /// <summary>True where the facts have the grant, and what it gives on its own resource.</summary>
    private async Task<bool> IsAmongFacts(InventoryGraph graph, LiveGrant grant, CancellationToken cancellation)
    {
        if (grant.Identity is not { } identity || graph.Find(identity) is null) return false;
        if (grant.Role is { } role && !graph.Above(identity).Any(membership => membership.Of == role)) return false;
        var on = await On(grant.Platform, grant.Grant.Resource, cancellation);
        return new AccessPaths(graph, []).From(grant.Role ?? identity, notInherited: false).Any(path => path.Grantee != graph.Everyone && on.Contains(path.Grantee));
    }

    /// <summary>One answer for each person the identity is linked to; for the maker of a login the one it was made for.</summary>
    private IEnumerable<AccessAnswer> Answers(Turn turn, LedgerView inventory, PrivilegeFact fact, AccessPath path)
    {
        var everyone = path.Identity == inventory.Graph.Everyone;
        IEnumerable<string?> persons = path.Grant is { MadeIdentity: true } made && made.Identity == path.Identity
            ? [made.Request.Requester]
            : directory.Current.LinkedTo(new PlatformIdentity(inventory.Platform, path.Identity)).Select(static person => (string?)person.Id).DefaultIfEmpty(null);
        return persons.Where(person => turn.Person is null || person == turn.Person).Select(person => new AccessAnswer
        {
            Person = person,
            Platform = inventory.Platform,
            Identity = path.Identity,
            Resource = fact.Resource,
            Privileges = fact.Privileges,
            Grantable = fact.Grantable,
            Via = path.Via,
            SetRole = path.SetRole,
            Everyone = everyone || path.Grantee == inventory.Graph.Everyone,
            Grant = path.Grant?.Grant.Id,
            Request = path.Grant?.Request.Id,
            Until = path.Grant?.Request.Period.End,
            FactsAt = inventory.Inventory.Progress.FactsAt ?? inventory.Inventory.Progress.Started,
        });
    }

    private bool IsSomebody(InventoryGraph graph, string name) => graph.Find(name) is not { } identity || identity.Kind is IdentityKind.Login or IdentityKind.Everyone
        || directory.Current.LinkedTo(new PlatformIdentity(graph.Platform, name)).Count > 0;

    private IEnumerable<PlatformIdentity> Whose(Turn turn, InventoryGraph graph, IReadOnlyList<LiveGrant> live)
    {
        var people = turn.Person is { } id ? directory.Current.Find(id) is { } found ? [found] : [] : directory.Current.All;
        return people.SelectMany(static person => person.PlatformIdentities())
            .Concat(live.Where(static grant => grant.MadeIdentity).Select(static grant => new PlatformIdentity(grant.Platform, grant.Identity!)))
            .Concat(turn is { Identity: { } named, Person: null } ? [named] : [])
            .Where(identity => identity.Platform == graph.Platform && (turn.Identity is null || identity == turn.Identity) && graph.Find(identity.Name) is not null)
            .Distinct()
            .OrderBy(static identity => identity.Name, StringComparer.Ordinal);
    }

    /// <summary>One question, and what was found so far.</summary>
    private sealed class Turn(AccessQuery query, string? person, PlatformIdentity? identity, RunningGrants running, AccessPlace place, int limit)
    {
        private readonly List<AccessAnswer> _found = [];
        private AccessPlace? _last;
        private bool _more;

        public AccessQuery Query { get; } = query;
        public string? Person { get; } = person;
        public PlatformIdentity? Identity { get; } = identity;
        public RunningGrants Running { get; } = running;
        public IReadOnlyList<LiveGrant> Grants => Running.Live;

        /// <summary>What was read of platforms for this question.</summary>
        public Dictionary<string, LedgerView> Views { get; } = new(StringComparer.Ordinal);
        public bool IsFull => _more;

        /// <summary>True where earlier pages had all of a section, or of what comes before it.</summary>
        public bool IsDone(string platform, string section)
        {
            if (place.Platform is null) return false;
            var order = string.CompareOrdinal(platform, place.Platform);
            if (order == 0) order = string.CompareOrdinal(section, place.Section);
            return order < 0 || (order == 0 && place.After is null);
        }

        /// <summary>Behind what a section goes on; null: from its beginning.</summary>
        public string? After(string platform, string section) => platform == place.Platform && section == place.Section ? place.After : null;

        /// <summary>Takes an answer; false where the page is full and this one begins the next.</summary>
        public bool Add(AccessAnswer answer, AccessPlace at)
        {
            // Answers of one place (an account that people share) stay on one page.
            if (_found.Count >= limit && at != _last)
            {
                _more = true;
                return false;
            }

            _found.Add(answer);
            _last = at;
            return true;
        }

        public Page<AccessAnswer> Page() => new(_found, _more ? _last!.ToString() : null);
    }
}
