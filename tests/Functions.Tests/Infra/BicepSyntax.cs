namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>A part of an expression, and the line it begins on.</summary>
internal abstract record Node(int Line)
{
    public virtual IEnumerable<Node> Children => [];

    /// <summary>This node and all below it.</summary>
    public IEnumerable<Node> All() => Children.SelectMany(static child => child.All()).Prepend(this);
}

/// <summary>A text: literal pieces and expressions between them.</summary>
internal sealed record TextNode(IReadOnlyList<Node> Parts, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => Parts;

    /// <summary>The literal; null where expressions are in it.</summary>
    public string? Literal => Parts.Count == 0 ? "" : Parts is [PieceNode { Text: var text }] ? text : null;

    /// <summary>All literal pieces.</summary>
    public string Words => string.Concat(Parts.OfType<PieceNode>().Select(static piece => piece.Text));
}

internal sealed record PieceNode(string Text, int Line) : Node(Line);

internal sealed record NumberNode(long Value, int Line) : Node(Line);

/// <summary><c>true</c>, <c>false</c> or <c>null</c>.</summary>
internal sealed record ConstantNode(string Word, int Line) : Node(Line);

internal sealed record NameNode(string Name, int Line) : Node(Line);

internal sealed record MemberNode(Node Target, string Name, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => [Target];
}

internal sealed record IndexNode(Node Target, Node Index, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => [Target, Index];
}

/// <summary>A call: of a function, or of a method where <see cref="Target"/> is not null.</summary>
internal sealed record CallNode(Node? Target, string Name, IReadOnlyList<Node> Arguments, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => Target is null ? Arguments : Arguments.Prepend(Target);
}

/// <summary>Unary, binary and ternary operators.</summary>
internal sealed record OperatorNode(string Sign, IReadOnlyList<Node> Operands, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => Operands;
}

internal sealed record ArrayNode(IReadOnlyList<Node> Items, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => Items;
}

internal sealed record EntryNode(TextNode Key, Node Value, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => [Key, Value];
}

internal sealed record ObjectNode(IReadOnlyList<EntryNode> Entries, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => Entries;

    /// <summary>The value of a key, or null.</summary>
    public Node? this[string key] => Entries.FirstOrDefault(entry => entry.Key.Literal == key)?.Value;

    /// <summary>The value below several keys, or null.</summary>
    public Node? At(params string[] path) => path.Aggregate((Node?)this, static (node, key) => (node as ObjectNode)?[key]);
}

/// <summary><c>[for x in source: body]</c>.</summary>
internal sealed record LoopNode(IReadOnlyList<string> Variables, Node Source, Node Body, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => [Source, Body];
}

/// <summary><c>if (condition) body</c>, of a resource, a module or a loop.</summary>
internal sealed record IfNode(Node Condition, Node Body, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => [Condition, Body];
}

internal sealed record LambdaNode(IReadOnlyList<string> Variables, Node Body, int Line) : Node(Line)
{
    public override IEnumerable<Node> Children => [Body];
}

/// <summary>One statement: <c>targetScope</c>, <c>param</c>, <c>var</c>, <c>resource</c>, <c>module</c> or <c>output</c>.</summary>
/// <param name="Type">The type of a parameter or output, type@version of a resource, the path of a module; else null.</param>
/// <param name="Value">A parameter's default, or what is declared; null where there is none.</param>
internal sealed record Declaration(string Kind, string Name, string? Type, Node? Value, bool Existing, IReadOnlyList<CallNode> Decorators, int Line)
{
    /// <summary>The object of a resource or module, below its condition or loop.</summary>
    public ObjectNode? Body
    {
        get
        {
            var value = Value;
            while (value is IfNode or LoopNode) value = value is IfNode condition ? condition.Body : ((LoopNode)value).Body;
            return value as ObjectNode;
        }
    }

    public CallNode? Decorator(string name) => Decorators.FirstOrDefault(decorator => decorator.Name == name);
}

/// <summary>A file as it was read.</summary>
internal sealed record BicepFile(string Path, IReadOnlyList<Declaration> Declarations)
{
    public IEnumerable<Declaration> Of(string kind) => Declarations.Where(declaration => declaration.Kind == kind);

    public Declaration? Find(string name) => Declarations.FirstOrDefault(declaration => declaration.Name == name && declaration.Kind is not ("output" or "targetScope"));

    /// <summary>All expressions of the file.</summary>
    public IEnumerable<Node> Expressions() => Declarations.SelectMany(static declaration =>
        (declaration.Value?.All() ?? []).Concat(declaration.Decorators.SelectMany(static decorator => decorator.All())));

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">It is not Bicep, or more of Bicep than is read here; says where.</exception>
    public static BicepFile Read(string path, string text)
    {
        try
        {
            return new BicepFile(path, new BicepParser(BicepTokens.Of(text)).Statements());
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"{path}: {wrong.Message}", wrong);
        }
    }
}
