// widget_gallery FOLDER: a picture of every widget, light and dark, for a person to look at, and how long
// each takes.
#include <QApplication>
#include <QDir>
#include <QMouseEvent>
#include <QTextStream>
#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <functional>

#include "tests/widgets/samples.h"
#include "widgets/balance_bars.h"
#include "widgets/curves.h"
#include "widgets/dial_curve.h"
#include "widgets/domain_map.h"
#include "widgets/migration_flow.h"
#include "widgets/pareto_plot.h"
#include "widgets/plan_heatmap.h"
#include "widgets/routing_map.h"
#include "widgets/similarity_map.h"
#include "widgets/sinkhorn_scope.h"
#include "widgets/token_canvas.h"

namespace {

using namespace dotmoe;

QPalette darkPalette() {
    QPalette dark(QColor(45, 45, 48), QColor(37, 37, 38));
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText}) {
        dark.setColor(role, QColor(230, 230, 230));
    }
    dark.setColor(QPalette::Base, QColor(30, 30, 30));
    dark.setColor(QPalette::ToolTipBase, QColor(60, 60, 60));
    return dark;
}

void save(QWidget& widget, QSize size, const QString& name) {
    widget.resize(size);
    widget.grab().save(name + QStringLiteral(".png"));
}

/// Processor time, median of nine: new data, and the drawing of them.
void time(const QString& what, QWidget& widget, QSize size, const std::function<void()>& setData) {
    widget.resize(size);
    std::array<double, 9> set{}, draw{};
    for (std::size_t i = 0; i < set.size(); ++i) {
        const std::clock_t start = std::clock();
        setData();
        const std::clock_t ready = std::clock();
        widget.grab();
        set[i] = 1e3 * static_cast<double>(ready - start) / CLOCKS_PER_SEC;
        draw[i] = 1e3 * static_cast<double>(std::clock() - ready) / CLOCKS_PER_SEC;
    }
    std::ranges::sort(set);
    std::ranges::sort(draw);
    QTextStream(stdout) << QStringLiteral("%1: data %2 ms, drawing %3 ms\n")
                               .arg(what)
                               .arg(set[4], 0, 'f', 2)
                               .arg(draw[4], 0, 'f', 2);
}

void fill(Curves& curves) {
    curves.append(QualitySnapshot{"dense", 0, 17.2, 0, 0});
    curves.append(QualitySnapshot{"random_layerwise", 0, 648, 0, 0});
    curves.append(QualitySnapshot{"layerwise", 0, 201, 2.4, 0.4});
    for (int i = 0; i <= 30; ++i) {
        TrainingStep step;
        step.step = i;
        step.total = 30;
        step.kl = 0.9 + 1.5 * std::exp(-i / 8.0) + 0.05 * std::sin(i);
        step.cross_entropy = 3.4 + 1.9 * std::exp(-i / 9.0) + 0.07 * std::cos(2 * i);
        step.balance = 1.1 + 0.5 * std::exp(-i / 4.0);
        step.z = 12 + std::sin(i / 3.0);
        step.temperature = std::max(0.1, 1 - i / 7.0);
        step.loss = 2 * step.kl + step.cross_entropy + 0.01 * step.balance + 0.001 * step.z;
        curves.append(step);
        if (i > 0 && i % 15 == 0) curves.append(QualitySnapshot{"step", i, i == 15 ? 98.0 : 85.0, 1, 0.5});
    }
    std::vector<double> errors;
    errors.reserve(30);
    for (int layer = 0; layer < 30; ++layer) errors.push_back(0.2 + 0.15 * std::abs(std::sin(layer / 4.0)));
    curves.setLayerErrors(errors);
}

void pictures(const QString& theme) {
    PlanHeatmap heatmap;
    heatmap.setSnapshot(samples::plan(1536, 85, true, 192));
    for (const auto& [mode, name] : {std::pair{PlanMode::soft, "soft"},
                                     {PlanMode::hard, "hard"},
                                     {PlanMode::difference, "difference"}}) {
        heatmap.setMode(mode);
        save(heatmap, {720, 480}, theme + "_plan_" + name);
    }
    BalanceBars bars;
    bars.setSharedNeurons(192);
    bars.setLoad(samples::load(30, 84), 15);
    save(bars, {720, 260}, theme + "_balance");
    DomainMap domains;
    SimilarityMap similarity;
    for (const int experts : {16, 84}) {
        const auto profile = samples::profile(15, experts);
        domains.setProfile(profile);
        similarity.setProfile(profile);
        domains.setExpert(5);
        similarity.setExpert(5);
        save(domains, {560, 260}, theme + QStringLiteral("_domains_%1").arg(experts));
        save(similarity, {560, 300}, theme + QStringLiteral("_similarity_%1").arg(experts));
    }
    SinkhornScope scope;
    scope.setSnapshot(samples::solve(50));
    save(scope, {480, 260}, theme + "_sinkhorn");
    Curves curves;
    fill(curves);
    save(curves, {900, 300}, theme + "_curves");
    curves.setLogarithmic(false);
    curves.setCrosshair(12);
    save(curves, {900, 300}, theme + "_curves_linear");
    for (const auto& [view, name] : {std::pair<SaveableView*, QString>{&heatmap, "plan"},
                                     {&bars, "balance"},
                                     {&scope, "sinkhorn"},
                                     {&curves, "curves"}})
        for (const auto* suffix : {".png", ".svg"})
            if (const auto reason = saveView(*view, theme + "_" + name + "_saved" + suffix))
                qFatal("%s", qPrintable(*reason));
    DialCurve dial;
    dial.setRows({{6, 0.188, 110e6, 250.2, 2.7, 71.5, false},
                  {12, 0.25, 115e6, 77.2, 1.66, 66.1, true},
                  {18, 0.31, 119e6, 60.4, 1.4, 62.8, false},
                  {84, 1, 135e6, 16.1, 0, 45.2, false}});
    save(dial, {520, 300}, theme + "_dial");
    ParetoPlot pareto;
    pareto.setPareto({135e6,
                      16.1,
                      {{84, 12, 192, 6, 0.188, 110e6, 250, 2.7, 0.2, true},
                       {96, 24, 0, 12, 0.125, 111e6, 290, 2.8, 0.19, false},
                       {12, 3, 0, 2, 0.167, 112e6, 205, 2.5, 0.24, true},
                       {84, 12, 192, 12, 0.25, 115e6, 77, 1.66, 0.44, true},
                       {96, 24, 0, 24, 0.25, 115.3e6, 84, 1.7, 0.43, false},
                       {12, 3, 0, 3, 0.25, 114.8e6, 91, 1.8, 0.42, true},
                       {84, 12, 192, 24, 0.375, 121e6, 41, 1.2, 0.5, true}}});
    pareto.setCurrent(3);
    save(pareto, {520, 340}, theme + "_pareto");
    MigrationFlow flow;
    auto later = samples::plan(1536, 85, true, 192);
    std::rotate(later->owner.begin(), later->owner.begin() + 40, later->owner.begin() + 400);
    flow.setPlans(samples::plan(1536, 85, true, 192), later, "layer 15 · round 1", "step 12");
    save(flow, {760, 420}, theme + "_flow");
    heatmap.setMode(PlanMode::soft);
    heatmap.setWindow({{180, 240}, {0, 12}});
    std::vector<PlanMark> marks;
    for (int neuron = 0; neuron < 1536; ++neuron) {
        if (heatmap.rowOf(neuron) == 200) marks.push_back({neuron, 3, PlanMarking::pin});
        if (heatmap.rowOf(neuron) == 215) marks.push_back({neuron, 2, PlanMarking::forbid});
    }
    heatmap.setMarks(marks);
    save(heatmap, {720, 480}, theme + "_plan_zoomed");
    const auto routing = samples::routing(samples::sentence(), 30, 12, 84);
    TokenCanvas canvas;
    canvas.setSnapshot(routing);
    canvas.setLayer(3);
    canvas.selectToken(2);
    save(canvas, {640, 260}, theme + "_tokens");
    const QPointF over = canvas.tokenCentre(4);
    QMouseEvent move(QEvent::MouseMove, over, over, Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(&canvas, &move);
    save(canvas, {640, 260}, theme + "_tokens_hover");
    RoutingMap map;
    map.setSnapshot(routing);
    map.setToken(2);
    map.setLayer(3);
    save(map, {760, 300}, theme + "_map");
}

void timings() {
    constexpr QSize pane(1000, 700);
    PlanHeatmap heatmap;
    for (const auto& plan : {samples::plan(1536, 85, true, 192), samples::plan(14336, 113, true, 0)}) {
        time(QStringLiteral("plan %1 x %2").arg(plan->neurons).arg(plan->columns), heatmap, pane,
             [&] { heatmap.setSnapshot(plan); });
    }
    BalanceBars bars;
    const auto load = samples::load(30, 84);
    time("load of 84 experts", bars, {1000, 300}, [&] { bars.setLoad(load, 15); });
    SinkhornScope scope;
    const auto solve = samples::solve(50);
    time("solve of 50 iterations", scope, {600, 300}, [&] { scope.setSnapshot(solve); });
    Curves curves;
    TrainingStep step;
    for (; step.step < 3500; ++step.step) {
        step.kl = step.cross_entropy = step.loss = 1 + 1.0 / static_cast<double>(step.step + 1);
        curves.append(step);
    }
    time("curves of 3500 steps", curves, {1000, 300}, [&] {
        ++step.step;
        curves.append(step);
    });
    std::vector<std::string> text;
    text.reserve(1500);
    for (int i = 0; i < 1500; ++i) text.push_back(" word" + std::to_string(i));
    const auto routing = samples::routing(text, 30, 12, 84);
    TokenCanvas canvas;
    time("routing of 1500 tokens", canvas, pane, [&] { canvas.setSnapshot(routing); });
    RoutingMap map;
    map.setToken(3);
    time("map of 30 x 12", map, {900, 360}, [&] { map.setSnapshot(routing); });
}

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc != 2) return 2;
    QDir().mkpath(argv[1]);
    QDir::setCurrent(argv[1]);
    timings();
    pictures("light");
    QApplication::setPalette(darkPalette());
    pictures("dark");
}
