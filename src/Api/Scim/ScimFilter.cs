namespace AccessFunctions.Api.Scim;

/// <summary>Operators of filters (RFC 7644, table 3).</summary>
internal enum ScimOperator { Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le }

/// <summary>A filter as it was read (RFC 7644, section 3.4.2.2).</summary>
internal abstract record ScimFilter
{
    /// <summary>Reads a filter.</summary>
    /// <exception cref="ScimException"><c>invalidFilter</c>.</exception>
    public static ScimFilter Parse(string text)
    {
        var parser = new ScimFilterParser(text);
        var filter = parser.Filter();
        return parser.AtEnd ? filter : throw ScimException.Filter($"The filter goes on at character {parser.Place + 1}, where it should end.");
    }
}

/// <summary>A comparison with text, a number, true, false or null.</summary>
internal sealed record ScimCompare(ScimPath Path, ScimOperator Operator, object? Value) : ScimFilter;

/// <summary><c>pr</c>: there is a value.</summary>
internal sealed record ScimPresent(ScimPath Path) : ScimFilter;

internal sealed record ScimAnd(ScimFilter Left, ScimFilter Right) : ScimFilter;

internal sealed record ScimOr(ScimFilter Left, ScimFilter Right) : ScimFilter;

internal sealed record ScimNot(ScimFilter Inner) : ScimFilter;

/// <summary><c>emails[type eq "work"]</c>: one of the values is so.</summary>
internal sealed record ScimAny(ScimPath Path) : ScimFilter;
