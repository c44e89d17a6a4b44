// Every view as a file: the picture is that of the screen, the numbers are those of the snapshot.
#include "widgets/saveable_view.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>
#include <QTemporaryDir>

#include "pixels.h"
#include "samples.h"
#include "widgets/balance_bars.h"
#include "widgets/blame_bars.h"
#include "widgets/colour_maps.h"
#include "widgets/curves.h"
#include "widgets/domain_map.h"
#include "widgets/effect_curve.h"
#include "widgets/pareto_plot.h"
#include "widgets/plan_heatmap.h"
#include "widgets/routing_map.h"
#include "widgets/similarity_map.h"
#include "widgets/sinkhorn_scope.h"
#include "widgets/token_canvas.h"

namespace dotmoe {
namespace {

/// By RFC 4180, for files whose fields hold no line ends.
std::vector<QStringList> readCsv(const QString& path) {
    QFile file(path);
    EXPECT_TRUE(file.open(QIODevice::ReadOnly));
    std::vector<QStringList> rows;
    for (const QString& line : QString::fromUtf8(file.readAll()).split("\r\n", Qt::SkipEmptyParts)) {
        QStringList fields(QString{});
        bool quoted = false;
        for (qsizetype i = 0; i < line.size(); ++i) {
            if (line[i] == u'"' && quoted && i + 1 < line.size() && line[i + 1] == u'"')
                fields.back() += line[++i];
            else if (line[i] == u'"')
                quoted = !quoted;
            else if (line[i] == u',' && !quoted)
                fields << QString();
            else
                fields.back() += line[i];
        }
        rows.push_back(fields);
    }
    return rows;
}

QImage rendered(const QString& svg, const QColor& ground) {
    QSvgRenderer renderer(svg);
    EXPECT_TRUE(renderer.isValid());
    // In the picture's own units: readers disagree on how many of them an inch has.
    QImage image(renderer.viewBox().size(), QImage::Format_RGB32);
    image.fill(ground);
    QPainter painter(&image);
    renderer.render(&painter);
    return image;
}

/// Share of pixels that are not the ground.
double ink(const QImage& image, const QColor& ground) {
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) count += similar(image.pixelColor(x, y), ground, 12) ? 0 : 1;
    return static_cast<double>(count) / (image.width() * image.height());
}

class SaveableViewTest : public ::testing::Test {
  protected:
    QString file(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    void save(SaveableView& view, const QString& path) {
        const auto reason = saveView(view, path);
        EXPECT_FALSE(reason) << reason->toStdString();
    }
    /// Both pictures of a view: as large as promised, with about the same ink, texts as text in the SVG.
    void expectPictures(SaveableView& view, const QStringList& texts) {
        const QColor ground = QApplication::palette().color(QPalette::Window);
        const QSize size = view.pictureSize();
        save(view, file("v.png"));
        const QImage png(file("v.png"));
        ASSERT_EQ(png.size(), size * pictureScale);
        save(view, file("v.svg"));
        const QImage svg = rendered(file("v.svg"), ground);
        ASSERT_EQ(svg.size(), size);
        const double wanted = ink(png, ground);
        EXPECT_GT(wanted, 0.01);
        EXPECT_NEAR(ink(svg, ground), wanted, 0.5 * wanted);  // texts and thin lines are blurred otherwise
        expectTexts(file("v.svg"), texts);
    }
    static void expectTexts(const QString& svg, const QStringList& texts) {
        QFile source(svg);
        ASSERT_TRUE(source.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(source.readAll());
        for (const QString& each : texts) EXPECT_TRUE(text.contains(each)) << each.toStdString();
    }

    QTemporaryDir m_folder;
};

TEST_F(SaveableViewTest, ThePlanIsTheOneOfTheScreen) {
    const auto plan = samples::plan(24, 5, true, 4);
    PlanHeatmap heatmap;
    heatmap.setSnapshot(plan);
    show(heatmap, {500, 400});
    expectPictures(heatmap, {"soft plan", "neurons, sorted by owner", "expert (S: shared)", "mass"});
    const QImage png(file("v.png")), svg = rendered(file("v.svg"), Qt::white);
    for (int neuron = 0; neuron < 24; ++neuron)
        for (int column = 0; column < 5; ++column) {
            const QColor wanted(
                sequentialColour(planMass(*plan, PlanMode::soft, neuron, column) / heatmap.scale()));
            const QPoint at = heatmap.cellRect(heatmap.rowOf(neuron), column).center();
            EXPECT_TRUE(similar(png.pixelColor(at * 2), wanted)) << neuron << ' ' << column;
            EXPECT_TRUE(similar(svg.pixelColor(at), wanted)) << neuron << ' ' << column;
        }

    save(heatmap, file("plan.CSV"));
    const auto rows = readCsv(file("plan.CSV"));
    ASSERT_EQ(rows.size(), 25U);
    EXPECT_EQ(rows[0].mid(0, 5), (QStringList{"neuron", "owner", "margin", "mass, shared", "mass, 0"}));
    for (std::size_t i = 1; i < rows.size(); ++i) {
        const int neuron = rows[i][0].toInt();
        EXPECT_EQ(heatmap.rowOf(neuron), static_cast<int>(i) - 1);
        EXPECT_EQ(rows[i][1], heatmap.columnName(plan->owner[static_cast<std::size_t>(neuron)]));
        for (int column = 0; column < 5; ++column)
            EXPECT_FLOAT_EQ(rows[i][3 + column].toFloat(),
                            plan->soft[static_cast<std::size_t>(neuron * 5 + column)]);
    }
}

TEST_F(SaveableViewTest, TheMapsOfExpertsAreThoseOfTheScreen) {
    const auto profile = samples::profile(4, 16);
    DomainMap domains;
    domains.setProfile(profile);
    show(domains, {700, 260});
    expectPictures(domains, {"Layer 4 ", "manuals", "expert", ">1.5<"});
    save(domains, file("domains.csv"));
    const auto rows = readCsv(file("domains.csv"));
    ASSERT_EQ(rows.size(), 1U + 16U * 3U);
    EXPECT_EQ(rows[0], (QStringList{"expert", "domain", "share of its tokens", "affinity"}));

    SimilarityMap similarity;
    similarity.setProfile(profile);
    show(similarity, {800, 500});
    expectPictures(similarity, {"Layer 4 ", "correlation", "expert", "0.60"});
    save(similarity, file("similarity.csv"));
    EXPECT_EQ(readCsv(file("similarity.csv")).size(), 1U + 16U * 15U);
}

TEST_F(SaveableViewTest, PlotsHaveTitleAxesAndLegend) {
    BalanceBars bars;
    bars.setLoad(samples::load(4, 12), 2);
    expectPictures(bars, {"Layer 2 ", "load / even share", "expert", "even share", "dead, no token"});
    save(bars, file("loads.csv"));
    const auto loads = readCsv(file("loads.csv"));
    ASSERT_EQ(loads.size(), 13U);
    EXPECT_EQ(loads[4], (QStringList{"3", "0", "dead"}));
    EXPECT_EQ(loads[6], (QStringList{"5", "2.75", "hot"}));

    SinkhornScope scope;
    const auto solve = samples::solve(30);
    scope.setSnapshot(solve);
    expectPictures(scope, {"τ ", "iteration", "error, neurons", "row sums", "column sums"});
    save(scope, file("solve.csv"));
    const auto residuals = readCsv(file("solve.csv"));
    ASSERT_EQ(residuals.size(), 31U);
    EXPECT_FLOAT_EQ(residuals[7][1].toFloat(), solve->row_residual[6]);
    EXPECT_FLOAT_EQ(residuals[7][2].toFloat(), solve->column_residual[6]);

    Curves curves;
    TrainingStep step;
    for (step.step = 1; step.step <= 9; ++step.step) {
        step.loss = 1.0 / static_cast<double>(step.step);
        curves.append(step);
    }
    curves.append(QualitySnapshot{.label = "dense", .perplexity = 15.5});
    curves.setLayerErrors({0.25, -1, 0.5});
    show(curves, {1000, 360});
    const QImage before = picture(curves);
    expectPictures(curves, {"Training curves", "global step", "relative error", "cross-entropy"});
    EXPECT_EQ(picture(curves), before) << "the window stays as it was";
    save(curves, file("curves.csv"));
    const auto points = readCsv(file("curves.csv"));
    const auto has = [&](const QStringList& row) { return std::ranges::count(points, row) == 1; };
    EXPECT_TRUE(has({"loss", "4", "0.25"}));
    EXPECT_TRUE(has({"perplexity, dense", "", "15.5"}));
    EXPECT_TRUE(has({"relative error of the layer", "2", "0.5"}));
    EXPECT_FALSE(has({"relative error of the layer", "1", "-1"}));
}

TEST_F(SaveableViewTest, TheParetoPictureHasItsPointsByName) {
    ParetoPlot pareto;
    std::vector<ParetoPoint> points;
    for (int k = 4; k <= 36; k += 4)
        points.push_back({84, 12, 192, k, 0.25, (100 + k) * 1e6, 960.0 / k, 1.66, 0.44, k % 3 != 0});
    pareto.setPareto({160e6, 16, points});
    save(pareto, file("pareto.svg"));  // mostly text: expectPictures() counts its blur
    expectTexts(file("pareto.svg"),
                {"active parameters, millions", "perplexity", "front", "beaten", "dense", "84:12*:192"});
    save(pareto, file("pareto.csv"));
    const auto rows = readCsv(file("pareto.csv"));
    ASSERT_EQ(rows.size(), 11U);
    EXPECT_EQ(rows[3][5], "80.00");
}

TEST_F(SaveableViewTest, AnswersAboutATokenAreSavedAsTheyStand) {
    BlameBars blame;
    blame.setBlame({.token = 3, .text = " sea", .kl = 1.5, .restored = {1.25, 0.5, 1.75}});
    EXPECT_EQ(blame.culprit(), 1);
    show(blame, {700, 300});
    expectPictures(blame, {"Token 3 ", "layer 1 dense mends most, to 0.5", "KL, nats", "as it is"});
    save(blame, file("blame.csv"));
    EXPECT_EQ(readCsv(file("blame.csv"))[2], (QStringList{"1", "0.5", "1.5"}));

    EffectCurve effect;
    effect.setEffect({.kl = {0, 0.25}, .logit_change = {0, 3.5}, .next = " a", .forced_next = " b"});
    show(effect, {700, 300});
    expectPictures(effect, {"becomes", "KL 0.25 nats", "read out after layer", "largest change of a logit"});
    save(effect, file("effect.csv"));
    EXPECT_EQ(readCsv(file("effect.csv"))[2], (QStringList{"1", "0.25", "3.5"}));
}

TEST_F(SaveableViewTest, TheWholeTextIsSavedAlsoWhatIsScrolledAway) {
    std::vector<std::string> tokens;
    for (int i = 0; i < 400; ++i) tokens.push_back(i == 7 ? " \"a,b\"" : " word" + std::to_string(i));
    const auto routing = samples::routing(tokens, 3, 2, 9);
    TokenCanvas canvas;
    canvas.setSnapshot(routing);
    canvas.setLayer(1);
    show(canvas, {420, 160});
    const QImage before = picture(canvas);
    ASSERT_GT(canvas.pictureSize().height(), 500);
    save(canvas, file("text.png"));
    const QImage png(file("text.png"));
    EXPECT_EQ(png.size(), canvas.pictureSize() * 2);
    for (const int token : {0, 210, 399}) {
        const QRectF box = canvas.tokenRect(token);
        EXPECT_TRUE(similar(png.pixelColor((box.bottomLeft() * 2 + QPointF(5, -5)).toPoint()),
                            expertColour(routing->expert[static_cast<std::size_t>((400 + token) * 2)])))
            << token;
    }
    EXPECT_EQ(picture(canvas), before);
    save(canvas, file("text.svg"));
    EXPECT_EQ(rendered(file("text.svg"), Qt::white).size(), canvas.pictureSize());
    save(canvas, file("text.csv"));
    const auto rows = readCsv(file("text.csv"));
    ASSERT_EQ(rows.size(), 401U);
    EXPECT_EQ(rows[8][1], QStringLiteral("·\"a,b\""));

    RoutingMap map;
    map.setSnapshot(routing);
    map.setToken(5);
    map.resize(400, 200);
    expectPictures(map, {"Token 5", "layer"});
    save(map, file("map.csv"));
    const auto cells = readCsv(file("map.csv"));
    ASSERT_EQ(cells.size(), 7U);
    EXPECT_EQ(cells[1][2], QString::number(routing->expert[10]));
    EXPECT_EQ(cells[6], (QStringList{"2", "2", "dense", ""}));
}

TEST_F(SaveableViewTest, WhatCannotBeWrittenIsSaidInOneLine) {
    BalanceBars bars;
    for (const auto& path : {file("no/such/folder.png"), file("no/such/folder.csv"), file("bars.gif")}) {
        const auto reason = saveView(bars, path);
        ASSERT_TRUE(reason);
        EXPECT_TRUE(reason->startsWith(path + ": ")) << reason->toStdString();
    }
}

}  // namespace
}  // namespace dotmoe
