using System.Text.RegularExpressions;

namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>What a compiler would find in names: each gives the problems it sees, in words.</summary>
internal static partial class NameChecks
{
    /// <summary>Functions of Bicep that may be called here.</summary>
    private static readonly HashSet<string> Functions = new(StringComparer.Ordinal)
    {
        "concat", "empty", "guid", "items", "resourceGroup", "subscription", "subscriptionResourceId", "tenant", "toLower", "toObject", "union", "uniqueString",
    };

    private static readonly HashSet<string> Decorators = new(StringComparer.Ordinal)
    {
        "allowed", "description", "maxLength", "maxValue", "metadata", "minLength", "minValue", "secure",
    };

    private static readonly HashSet<string> OfResources = new(StringComparer.Ordinal) { "apiVersion", "id", "identity", "location", "name", "properties", "tags", "type" };

    /// <summary>Every name that is used is declared, every declaration is used, and none is made twice.</summary>
    public static IEnumerable<string> Declared(Infrastructure infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var twice in file.Declarations.Where(static d => d.Kind != "output").GroupBy(static d => d.Name).Where(static g => g.Count() > 1))
                yield return $"{file.Path}: {twice.Key} is declared {twice.Count()} times";
            foreach (var twice in file.Expressions().OfType<ObjectNode>().SelectMany(static o => o.Entries.GroupBy(static e => e.Key.Literal).Where(static g => g.Key is not null && g.Count() > 1)))
                yield return $"{file.Path}({twice.First().Line}): the key {twice.Key} is given twice";
            foreach (var declaration in file.Declarations)
            {
                foreach (var problem in Unknown(file, declaration)) yield return problem;
            }

            var used = file.Expressions().OfType<NameNode>().Select(static name => name.Name).ToHashSet();
            foreach (var idle in file.Declarations.Where(d => d.Kind is "param" or "var" && !used.Contains(d.Name)))
                yield return $"{file.Path}({idle.Line}): {idle.Kind} {idle.Name} is used nowhere";
        }
    }

    /// <summary>Modules exist and get exactly their parameters, of the right kind; their outputs that are read exist.</summary>
    public static IEnumerable<string> Modules(Infrastructure infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var module in file.Of("module"))
            {
                if (infra.Module(file, module) is not { } target)
                {
                    yield return $"{file.Path}({module.Line}): there is no {module.Type}";
                    continue;
                }

                var given = (module.Body?["params"] as ObjectNode)?.Entries ?? [];
                foreach (var missing in target.Of("param").Where(p => p.Value is null && given.All(g => g.Key.Literal != p.Name)))
                    yield return $"{file.Path}({module.Line}): {module.Name} is not given {missing.Name}";
                foreach (var argument in given)
                {
                    if (target.Of("param").FirstOrDefault(p => p.Name == argument.Key.Literal) is not { } parameter)
                        yield return $"{file.Path}({argument.Line}): {module.Type} has no parameter {argument.Key.Literal}";
                    else if (TypeOf(infra, file, argument.Value) is { } type && type != parameter.Type)
                        yield return $"{file.Path}({argument.Line}): {parameter.Name} is given a {type}, but is a {parameter.Type}";
                }
            }

            foreach (var problem in Members(infra, file)) yield return problem;
        }

        var reached = infra.Files.SelectMany(file => file.Of("module").Select(module => infra.Module(file, module)?.Path)).ToHashSet();
        foreach (var idle in infra.Files.Where(file => file.Path != Infrastructure.MainPath && !reached.Contains(file.Path))) yield return $"{idle.Path} is used by nothing";
    }

    /// <summary>Resources are of the form <c>Provider/type@version</c>, with a name; scopes and parents are resources.</summary>
    public static IEnumerable<string> Resources(Infrastructure infra)
    {
        foreach (var file in infra.Files)
        {
            foreach (var resource in file.Of("resource"))
            {
                if (!ResourceType().IsMatch(resource.Type!)) yield return $"{file.Path}({resource.Line}): \"{resource.Type}\" is not a type and its version";
                if (resource.Body?["name"] is null) yield return $"{file.Path}({resource.Line}): {resource.Name} has no name";
                foreach (var key in (string[])["parent", "scope"])
                {
                    if (resource.Body?[key] is { } value && (value is not NameNode name || file.Find(name.Name)?.Kind != "resource"))
                        yield return $"{file.Path}({resource.Line}): the {key} of {resource.Name} is no resource of this file";
                }

                var depth = resource.Type!.Split('@')[0].Count(static c => c == '/');
                if (resource.Body?["parent"] is NameNode parent && file.Find(parent.Name) is { } above && above.Type!.Split('@')[0] != resource.Type[..resource.Type.LastIndexOf('/')])
                    yield return $"{file.Path}({resource.Line}): {resource.Name} is not a kind of child of {above.Name}";
                if (depth > 1 && resource.Body?["parent"] is null) yield return $"{file.Path}({resource.Line}): {resource.Name} has no parent";
            }
        }

        foreach (var versions in infra.Files.SelectMany(static f => f.Of("resource")).Select(static r => r.Type!.Split('@')).Where(static t => t.Length == 2).GroupBy(static t => t[0], static t => t[1]))
        {
            if (versions.Distinct().Count() > 1) yield return $"{versions.Key} is used in several versions: {string.Join(", ", versions.Distinct())}";
        }
    }

    private static IEnumerable<string> Unknown(BicepFile file, Declaration declaration)
    {
        foreach (var decorator in declaration.Decorators.Where(static d => d.Target is not null || !Decorators.Contains(d.Name)))
            yield return $"{file.Path}({decorator.Line}): there is no decorator @{decorator.Name}";
        if (declaration.Value is null) yield break;
        foreach (var problem in Walk(file, declaration.Value, [])) yield return problem;
    }

    private static IEnumerable<string> Walk(BicepFile file, Node node, string[] locals)
    {
        switch (node)
        {
            case NameNode name when !locals.Contains(name.Name) && file.Find(name.Name) is null:
                yield return $"{file.Path}({name.Line}): {name.Name} is declared nowhere";
                break;
            case CallNode { Target: null } call when !Functions.Contains(call.Name):
                yield return $"{file.Path}({call.Line}): the function {call.Name} is not known here";
                break;
        }

        var within = node switch
        {
            LoopNode loop => [.. locals, .. loop.Variables],
            LambdaNode lambda => [.. locals, .. lambda.Variables],
            _ => locals,
        };
        foreach (var problem in node.Children.SelectMany(child => Walk(file, child, within))) yield return problem;
    }

    private static IEnumerable<string> Members(Infrastructure infra, BicepFile file)
    {
        var nodes = file.Expressions().ToList();
        foreach (var member in nodes.OfType<MemberNode>())
        {
            if (member.Target is NameNode name && file.Find(name.Name) is { } of)
            {
                if (of.Kind == "module" && member.Name is not ("name" or "outputs")) yield return $"{file.Path}({member.Line}): a module has no {member.Name}";
                if (of.Kind == "resource" && !OfResources.Contains(member.Name)) yield return $"{file.Path}({member.Line}): a resource has no {member.Name}";
                if (of is { Kind: "var", Value: ObjectNode table } && table[member.Name] is null) yield return $"{file.Path}({member.Line}): {name.Name} has no {member.Name}";
            }

            if (member.Target is MemberNode { Name: "outputs", Target: NameNode source } && file.Find(source.Name) is { Kind: "module" } module
                && infra.Module(file, module) is { } target && target.Of("output").All(output => output.Name != member.Name))
                yield return $"{file.Path}({member.Line}): {module.Type} has no output {member.Name}";
        }

        foreach (var loop in nodes.OfType<LoopNode>())
        {
            if (loop.Source is not NameNode source || file.Find(source.Name)?.Value is not ArrayNode items) continue;
            foreach (var member in loop.Body.All().OfType<MemberNode>().Where(m => m.Target is NameNode variable && variable.Name == loop.Variables[0]))
            {
                foreach (var item in items.Items.OfType<ObjectNode>().Where(item => item[member.Name] is null))
                    yield return $"{file.Path}({item.Line}): an item of {source.Name} has no {member.Name}";
            }
        }
    }

    /// <summary>The type of a value where it can be told, else null.</summary>
    internal static string? TypeOf(Infrastructure infra, BicepFile file, Node? node) => node switch
    {
        TextNode => "string",
        NumberNode => "int",
        ConstantNode { Word: "true" or "false" } => "bool",
        ObjectNode => "object",
        ArrayNode or LoopNode => "array",
        OperatorNode { Sign: "?" } choice => TypeOf(infra, file, choice.Operands[1]),
        OperatorNode { Sign: "!" or "&&" or "||" or "==" or "!=" or "<" or ">" or "<=" or ">=" } => "bool",
        CallNode { Name: "toLower" or "uniqueString" or "guid" or "subscriptionResourceId" } => "string",
        CallNode { Name: "empty" } => "bool",
        NameNode name when file.Find(name.Name) is { } named => named.Kind == "param" ? named.Type : named.Kind == "var" ? TypeOf(infra, file, named.Value) : null,
        MemberNode { Target: MemberNode { Name: "outputs", Target: NameNode source } } output when file.Find(source.Name) is { Kind: "module" } module =>
            infra.Module(file, module)?.Of("output").FirstOrDefault(o => o.Name == output.Name)?.Type,
        _ => null,
    };

    [GeneratedRegex(@"^Microsoft\.[A-Za-z]+(/[A-Za-z]+)+@20\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])(-preview)?$")]
    private static partial Regex ResourceType();
}
