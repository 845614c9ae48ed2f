using System.Globalization;
using System.Text;

namespace Moldau.EndToEnd.Report;

/// <summary>Lines over a common axis as an SVG; the upright axis is logarithmic, as latencies differ by orders of magnitude.</summary>
internal sealed class Plot(string across, string upright)
{
    private const int Width = 720;
    private const int Height = 420;
    private const int Margin = 64;
    private static readonly string[] Colours = ["#0b6e4f", "#c1121f", "#3a5a9b", "#b8860b"];
    private readonly List<(string Name, List<(double X, double Y)> Points)> _lines = [];

    public void Add(string line, double x, double y)
    {
        int at = _lines.FindIndex(known => known.Name == line);
        if (at < 0)
        {
            at = _lines.Count;
            _lines.Add((line, []));
        }

        _lines[at].Points.Add((x, y));
    }

    public string ToSvg()
    {
        double right = _lines.SelectMany(line => line.Points).Max(point => point.X);
        double low = Math.Floor(Math.Log10(Math.Max(1, _lines.SelectMany(line => line.Points).Min(point => point.Y))));
        double high = Math.Max(low + 1, Math.Ceiling(Math.Log10(Math.Max(1, _lines.SelectMany(line => line.Points).Max(point => point.Y)))));
        double X(double value) => Margin + (value / right * (Width - (2 * Margin)));
        double Y(double value) => Height - Margin - ((Math.Log10(Math.Max(1, value)) - low) / (high - low) * (Height - (2 * Margin)));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        for (double power = low; power <= high; power++)
        {
            double y = Y(Math.Pow(10, power));
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{Margin} {y:0.0}H{Width - Margin}\" stroke=\"#ddd\"/><text x=\"{Margin - 6}\" y=\"{y + 4:0.0}\" text-anchor=\"end\">{Math.Pow(10, power):0}</text>\n");
        }

        for (int tick = 0; tick <= 4; tick++)
        {
            double value = right * tick / 4;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(value):0.0}\" y=\"{Height - Margin + 18}\" text-anchor=\"middle\">{value:0}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width / 2}\" y=\"{Height - 18}\" text-anchor=\"middle\">{across}</text><text x=\"{Margin}\" y=\"{Margin - 24}\">{upright}</text>\n");
        for (int i = 0; i < _lines.Count; i++)
        {
            string colour = Colours[i % Colours.Length];
            string points = string.Join(' ', _lines[i].Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):0.0},{Y(point.Y):0.0}")));
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Margin}\" y=\"{Margin - 24 + (i * 16)}\" text-anchor=\"end\" fill=\"{colour}\">{_lines[i].Name}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
