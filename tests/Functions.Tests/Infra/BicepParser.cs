namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>
/// Reads the part of Bicep that <c>infra</c> uses; what is beyond it (types of one's own, imports, functions, nested resources) is an error, so
/// that nothing goes unchecked.
/// </summary>
internal sealed class BicepParser(IReadOnlyList<Token> tokens)
{
    /// <summary>Binary operators, those that bind weakest first.</summary>
    private static readonly string[][] Levels = [["??"], ["||"], ["&&"], ["==", "!=", "=~", "!~"], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]];
    private int _at;

    private Token Now => tokens[_at];

    /// <summary>All statements of a file.</summary>
    public IReadOnlyList<Declaration> Statements()
    {
        var found = new List<Declaration>();
        for (SkipLines(); Now.Kind != TokenKind.End; SkipLines())
        {
            found.Add(Statement());
            if (Now.Kind is not (TokenKind.NewLine or TokenKind.End)) throw Wrong($"a new line was expected, not \"{Now.Words}\"");
        }

        return found;
    }

    private Declaration Statement()
    {
        var decorators = new List<CallNode>();
        for (; Is("@"); SkipLines())
        {
            _at++;
            decorators.Add(Postfix() as CallNode ?? throw Wrong("a decorator is a call"));
        }

        var (kind, line) = (Name(), Now.Line);
        return kind switch
        {
            "targetScope" => new Declaration(kind, kind, null, Assigned(), false, decorators, line),
            "param" => new Declaration(kind, Name(), Name(), Is("=") ? Assigned() : null, false, decorators, line),
            "var" => new Declaration(kind, Name(), null, Assigned(), false, decorators, line),
            "output" => new Declaration(kind, Name(), Name(), Assigned(), false, decorators, line),
            "resource" or "module" => Deployed(kind, decorators, line),
            _ => throw Wrong($"\"{kind}\" is no statement that is read here"),
        };
    }

    private Declaration Deployed(string kind, List<CallNode> decorators, int line)
    {
        var name = Name();
        var type = Now.Kind == TokenKind.Text ? Next().Words : throw Wrong("a text was expected");
        var existing = kind == "resource" && Is("existing");
        if (existing) _at++;
        return new Declaration(kind, name, type, Assigned(), existing, decorators, line);
    }

    private Node Assigned()
    {
        Expect("=");
        return Is("if") ? Conditional() : Expression();
    }

    private IfNode Conditional()
    {
        var line = Next().Line;
        Expect("(");
        var condition = Expression();
        Expect(")");
        return new IfNode(condition, Expression(), line);
    }

    private Node Expression()
    {
        var line = Now.Line;
        var value = Binary(0);
        if (!Is("?")) return value;
        _at++;
        var yes = Expression();
        Expect(":");
        return new OperatorNode("?", [value, yes, Expression()], line);
    }

    private Node Binary(int level)
    {
        if (level == Levels.Length) return Unary();
        var left = Binary(level + 1);
        while (Now.Kind == TokenKind.Sign && Levels[level].Contains(Now.Words))
        {
            var sign = Next();
            left = new OperatorNode(sign.Words, [left, Binary(level + 1)], sign.Line);
        }

        return left;
    }

    private Node Unary()
    {
        if (!Is("!") && !Is("-")) return Postfix();
        var sign = Next();
        return new OperatorNode(sign.Words, [Unary()], sign.Line);
    }

    private Node Postfix()
    {
        var value = Primary();
        while (true)
        {
            if (Is(".") || Is(".?"))
            {
                var line = Next().Line;
                var name = Name();
                value = Is("(") ? new CallNode(value, name, Arguments(), line) : new MemberNode(value, name, line);
            }
            else if (Is("["))
            {
                var line = Next().Line;
                value = new IndexNode(value, Expression(), line);
                Expect("]");
            }
            else return value;
        }
    }

    private Node Primary()
    {
        var token = Now;
        if (Lambda() is { } lambda) return lambda;
        switch (token.Kind)
        {
            case TokenKind.Text:
                return Text(Next());
            case TokenKind.Number:
                return new NumberNode(long.Parse(Next().Words), token.Line);
            case TokenKind.Name:
                var name = Name();
                if (name is "true" or "false" or "null") return new ConstantNode(name, token.Line);
                return Is("(") ? new CallNode(null, name, Arguments(), token.Line) : new NameNode(name, token.Line);
            default:
                return token.Words switch
                {
                    "{" => Object(),
                    "[" => Array(),
                    "(" => Grouped(),
                    _ => throw Wrong($"an expression was expected, not \"{token.Words.Trim()}\""),
                };
        }
    }

    /// <summary><c>x => …</c> or <c>(x, y) => …</c>; null where none begins here.</summary>
    private LambdaNode? Lambda()
    {
        var (start, line, variables) = (_at, Now.Line, new List<string>());
        if (Now.Kind == TokenKind.Name) variables.Add(Name());
        else if (Is("("))
        {
            do
            {
                _at++;
                if (Now.Kind == TokenKind.Name) variables.Add(Name());
            }
            while (Is(","));
            if (Is(")")) _at++;
        }

        if (variables.Count > 0 && Is("=>"))
        {
            _at++;
            return new LambdaNode(variables, Expression(), line);
        }

        _at = start;
        return null;
    }

    private static TextNode Text(Token token) => new(
        [.. token.Parts.Select(static part => part.Literal is { } words ? new PieceNode(words, part.Line) : new BicepParser(part.Expression!).Whole())], token.Line);

    private Node Whole()
    {
        var value = Expression();
        return Now.Kind == TokenKind.End ? value : throw Wrong($"\"{Now.Words}\" has no place in ${{}}");
    }

    private Node Grouped()
    {
        Expect("(");
        SkipLines();
        var value = Expression();
        SkipLines();
        Expect(")");
        return value;
    }

    private List<Node> Arguments()
    {
        var arguments = new List<Node>();
        Expect("(");
        for (SkipLines(); !Is(")"); SkipLines())
        {
            arguments.Add(Expression());
            SkipLines();
            if (!Is(")")) Expect(",");
        }

        _at++;
        return arguments;
    }

    private ObjectNode Object()
    {
        var (line, entries) = (Next().Line, new List<EntryNode>());
        for (SkipLines(); !Is("}"); Separate("}"))
        {
            var at = Now.Line;
            var key = Now.Kind == TokenKind.Text ? Text(Next()) : new TextNode([new PieceNode(Name(), at)], at);
            Expect(":");
            entries.Add(new EntryNode(key, Is("if") ? Conditional() : Expression(), at));
        }

        _at++;
        return new ObjectNode(entries, line);
    }

    private Node Array()
    {
        var (line, items) = (Next().Line, new List<Node>());
        SkipLines();
        if (Is("for"))
        {
            _at++;
            var loop = Loop(line);
            SkipLines();
            Expect("]");
            return loop;
        }

        for (; !Is("]"); Separate("]")) items.Add(Expression());
        _at++;
        return new ArrayNode(items, line);
    }

    private LoopNode Loop(int line)
    {
        var variables = new List<string>();
        if (Is("("))
        {
            _at++;
            variables.Add(Name());
            Expect(",");
            variables.Add(Name());
            Expect(")");
        }
        else variables.Add(Name());

        if (Name() != "in") throw Wrong("\"in\" was expected");
        var source = Expression();
        Expect(":");
        return new LoopNode(variables, source, Is("if") ? Conditional() : Expression(), line);
    }

    /// <summary>Entries are apart by lines or commas.</summary>
    private void Separate(string end)
    {
        if (Is(",")) _at++;
        else if (Now.Kind != TokenKind.NewLine && !Is(end)) throw Wrong($"a comma, a new line or \"{end}\" was expected, not \"{Now.Words}\"");
        SkipLines();
    }

    private string Name() => Now.Kind == TokenKind.Name ? Next().Words : throw Wrong($"a name was expected, not \"{Now.Words.Trim()}\"");

    private bool Is(string words) => Now.Kind is TokenKind.Sign or TokenKind.Name && Now.Words == words;

    private void Expect(string sign)
    {
        if (!Is(sign)) throw Wrong($"\"{sign}\" was expected, not \"{Now.Words.Trim()}\"");
        _at++;
    }

    private Token Next() => tokens[_at++];

    private void SkipLines()
    {
        while (Now.Kind == TokenKind.NewLine) _at++;
    }

    private FormatException Wrong(string what) => new($"line {Now.Line}: {what}.");
}
