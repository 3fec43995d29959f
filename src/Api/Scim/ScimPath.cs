namespace AccessFunctions.Api.Scim;

/// <summary>A path to an attribute (RFC 7644, section 3.5.2, figure 7): <c>name.givenName</c>, <c>emails[type eq "work"].value</c>, or either behind a schema's URN.</summary>
/// <param name="Schema">The URN; null where none was written.</param>
/// <param name="Attribute">Empty: the whole extension.</param>
/// <param name="Filter">Which values of one with several; null: all.</param>
/// <param name="Part">The sub-attribute.</param>
internal sealed record ScimPath(string? Schema, string Attribute, ScimFilter? Filter = null, string? Part = null)
{
    /// <summary>Reads a path.</summary>
    /// <exception cref="ScimException"><c>invalidPath</c>.</exception>
    public static ScimPath Parse(string text)
    {
        try
        {
            var reader = new ScimFilterParser(text);
            var path = reader.Path();
            return reader.AtEnd ? path : throw ScimException.Path($"path: \"{text}\" goes on where it should end.");
        }
        catch (ScimException wrong) when (wrong.Type == ScimTypes.InvalidFilter)
        {
            throw ScimException.Path($"path: {wrong.Message}");
        }
    }

    /// <summary>Takes the URN off a name: everything up to the last colon, since URNs have dots too.</summary>
    public static ScimPath Of(string name, ScimFilter? filter = null, string? part = null)
    {
        string? schema = null;
        if (name.StartsWith("urn:", StringComparison.OrdinalIgnoreCase))
        {
            foreach (var known in new[] { ScimSchema.Enterprise, ScimSchema.User, ScimSchema.Group })
            {
                if (string.Equals(name, known, StringComparison.OrdinalIgnoreCase)) return new ScimPath(known, "", filter, part);
            }

            var colon = name.LastIndexOf(':');
            (schema, name) = (name[..colon], name[(colon + 1)..]);
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return new ScimPath(schema, name, filter, part);
        return part is null && name.IndexOf('.', dot + 1) < 0 ? new ScimPath(schema, name[..dot], filter, name[(dot + 1)..]) : throw ScimException.Path($"\"{name}\" has more parts than an attribute and a sub-attribute.");
    }
}
