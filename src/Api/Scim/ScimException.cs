namespace AccessFunctions.Api.Scim;

/// <summary>A call that SCIM has an error for (RFC 7644, section 3.12).</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="type">One of <see cref="ScimTypes"/>; null: SCIM has no word for it.</param>
/// <param name="detail">What was wrong, and what to do.</param>
internal sealed class ScimException(int status, string? type, string detail) : Exception(detail)
{
    public int Status { get; } = status;
    public string? Type { get; } = type;

    public static ScimException Filter(string detail) => new(400, ScimTypes.InvalidFilter, detail);

    public static ScimException Path(string detail) => new(400, ScimTypes.InvalidPath, detail);

    public static ScimException Value(string detail) => new(400, ScimTypes.InvalidValue, detail);

    public static ScimException Syntax(string detail) => new(400, ScimTypes.InvalidSyntax, detail);
}

/// <summary>Words of <c>scimType</c> (RFC 7644, table 9).</summary>
internal static class ScimTypes
{
    public const string InvalidFilter = "invalidFilter";
    public const string InvalidPath = "invalidPath";
    public const string InvalidSyntax = "invalidSyntax";
    public const string InvalidValue = "invalidValue";
    public const string Mutability = "mutability";
    public const string NoTarget = "noTarget";
    public const string TooMany = "tooMany";
    public const string Uniqueness = "uniqueness";
}
