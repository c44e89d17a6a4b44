// widget_gallery FOLDER: a picture of every widget, light and dark, for a person to look at.
#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QTextStream>
#include <cmath>

#include "tests/widgets/samples.h"
#include "widgets/balance_bars.h"
#include "widgets/curves.h"
#include "widgets/plan_heatmap.h"
#include "widgets/routing_map.h"
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
    QElapsedTimer clock;
    clock.start();
    const QPixmap picture = widget.grab();
    QTextStream(stdout) << name << ' ' << clock.elapsed() << " ms\n";
    picture.save(name + QStringLiteral(".png"));
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
    SinkhornScope scope;
    scope.setSnapshot(samples::solve(50));
    save(scope, {480, 260}, theme + "_sinkhorn");
    Curves curves;
    fill(curves);
    save(curves, {900, 300}, theme + "_curves");
    curves.setLogarithmic(false);
    curves.setCrosshair(12);
    save(curves, {900, 300}, theme + "_curves_linear");
    curves.savePng(theme + "_curves_export.png");
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

}  // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    if (argc != 2) return 2;
    QDir().mkpath(argv[1]);
    QDir::setCurrent(argv[1]);
    pictures("light");
    QApplication::setPalette(darkPalette());
    pictures("dark");
}
