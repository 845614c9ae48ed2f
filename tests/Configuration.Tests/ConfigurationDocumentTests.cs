namespace Moldau.Configuration.Tests;

public class ConfigurationDocumentTests
{
    [Fact]
    public void The_committed_page_is_what_the_tables_say()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Moldau.slnx")))
        {
            root = Path.GetDirectoryName(root);
        }

        Assert.SkipWhen(root is null, "the tests do not run inside a clone, so there is no docs/configuration.md to compare with");
        string committed = File.ReadAllText(Path.Combine(root!, "docs", "configuration.md"));
        (committed == ConfigurationDocument.Write()).ShouldBeTrue("docs/configuration.md is not up to date: ./moldau docs configuration > docs/configuration.md");
    }
}
