namespace AccessFunctions.Application.Inventory;

/// <summary>Who is asked about, and what.</summary>
/// <param name="Person">Only this person's access; null: everybody's that the caller may see.</param>
/// <param name="Resource">Only to exactly this resource, and through what covers everything on its platform; null: to all.</param>
/// <param name="Identity">Only this identity's, by <see cref="IdentityIds"/>, also where it is nobody's; null: any.</param>
public sealed record AccessQuery(string? Person = null, string? Resource = null, string? Identity = null);

/// <summary>One way in which somebody has access to something.</summary>
public sealed record AccessAnswer
{
    /// <summary>Who; null: the identity is linked to nobody, or stands for everyone.</summary>
    public string? Person { get; init; }
    public required string Platform { get; init; }

    /// <summary>Who on the platform; null where the access is no identity's (a released secret).</summary>
    public string? Identity { get; init; }
    public required string Resource { get; init; }

    /// <summary>In the platform's words; of access that was given here and is not among the facts, the kind or the role that was asked for.</summary>
    public required IReadOnlyList<string> Privileges { get; init; }

    /// <summary>Of the privileges, those that can be passed on.</summary>
    public IReadOnlyList<string> Grantable { get; init; } = [];

    /// <summary>From the identity to the one that was given the privileges; empty: not among the facts.</summary>
    public IReadOnlyList<string> Via { get; init; } = [];

    /// <summary>What the identity has to become before it can use them; null: nothing.</summary>
    public string? SetRole { get; init; }

    /// <summary>True: every identity of the platform has it.</summary>
    public bool Everyone { get; init; }

    /// <summary>The grant that gave it; null: it stands by itself.</summary>
    public string? Grant { get; init; }

    /// <summary>The request of that grant.</summary>
    public string? Request { get; init; }

    /// <summary>When that grant ends; null: no end is known.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How old the facts may be; null where the answer is the grant's alone.</summary>
    public DateTimeOffset? FactsAt { get; init; }
}
