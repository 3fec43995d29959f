using System.Text;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>A role or a group: Redshift keeps the two apart, and both may have the same name.</summary>
internal sealed record RedshiftHolder(bool IsGroup, string Name)
{
    private const string Group = "group:", Role = "role:";

    /// <summary>As it is asked for and told: <c>group:analysts</c>, <c>role:reader</c>.</summary>
    public override string ToString() => (IsGroup ? Group : Role) + Name;

    /// <summary>Reads one; without a word before it, it is a role.</summary>
    public static RedshiftHolder Read(string text) =>
        text.StartsWith(Group, StringComparison.Ordinal) ? new RedshiftHolder(true, text[Group.Length..]) : new RedshiftHolder(false, text.StartsWith(Role, StringComparison.Ordinal) ? text[Role.Length..] : text);
}

/// <summary>What an order means on Redshift. Read without looking at the server, so the same order always means the same.</summary>
internal abstract record RedshiftOrder
{
    /// <summary>The longest user whose sessions can be told from others: STV_SESSIONS cuts names off at 50 bytes, which may begin with <c>IAMA:</c> and end with a colon.</summary>
    public const int LongestUser = 44;

    private const int LongestName = 127;

    /// <summary>Reads an order.</summary>
    /// <returns>The meaning, or what is wrong: then no run of such an order can ever have changed anything.</returns>
    public static (RedshiftOrder? Order, string? Problem) Read(string platform, PlatformOrder order)
    {
        switch (order.Kind)
        {
            case AccessKind.Role:
                if (string.IsNullOrEmpty(order.Role)) return (null, "no role was chosen");
                if (string.IsNullOrEmpty(order.Identity)) return (null, $"no database user on {platform} is linked to the requester");
                var holder = RedshiftHolder.Read(order.Role);
                return (Problem("role's or group's name", holder.Name, LongestName) ?? Problem("identity's name", order.Identity, LongestUser)) is { } wrong ? (null, wrong) : (new HolderOrder(holder, order.Identity), null);
            case AccessKind.Session:
                var login = OwnNames.LoginOf(order.GrantId);
                if (string.IsNullOrEmpty(order.Role)) return (new UserOrder(login, null), null);
                return Problem("role's or group's name", RedshiftHolder.Read(order.Role).Name, LongestName) is { } bad ? (null, bad) : (new UserOrder(login, RedshiftHolder.Read(order.Role)), null);
            case AccessKind.Credential:
                return Problem("user's name", order.Path, LongestUser) is { } problem ? (null, problem) : (new SecretOrder(new CredentialOrder(order.Path)), null);
            default:
                return (null, $"Redshift does not provision the kind {order.Kind}");
        }
    }

    /// <summary>Redshift folds names to lower case, also those in double quotes, unless a setting of the session says otherwise: what would be folded is refused.</summary>
    private static string? Problem(string what, string name, int longest) => name switch
    {
        { Length: 0 } => $"the {what} is empty",
        _ when name.Any(char.IsControl) => $"the {what} contains a control character",
        _ when name.Any(char.IsAsciiLetterUpper) => $"the {what} has capital letters, which Redshift would fold",
        _ when Encoding.UTF8.GetByteCount(name) > longest => $"the {what} is longer than {longest} bytes",
        _ => null,
    };
}

/// <summary>A user is given a role, or put into a group.</summary>
internal sealed record HolderOrder(RedshiftHolder Holder, string User) : RedshiftOrder
{
    public string Key => $"{Holder} for {PgName.Quote(User)}";
}

/// <summary>An ephemeral user of the grant's own, with a role or in a group.</summary>
internal sealed record UserOrder(string Login, RedshiftHolder? Holder) : RedshiftOrder;

/// <summary>The password of a named user.</summary>
internal sealed record SecretOrder(CredentialOrder Credential) : RedshiftOrder;
