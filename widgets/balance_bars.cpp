#include "widgets/balance_bars.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/load_remark.h"

namespace dotmoe {
namespace {

const QColor hotColour(0xd5, 0x5e,
                       0x00);  // vermillion and blue of Okabe and Ito: told apart by colour-blind readers
const QColor loadColour(0x00, 0x72, 0xb2);

constexpr int legendColumns = 4;

QCPBars* addBars(QCustomPlot& plot, const QString& name) {
    auto* bars = new QCPBars(plot.xAxis, plot.yAxis);
    bars->setName(name);
    bars->setWidth(0.8);
    bars->setAntialiased(false);
    return bars;
}

}  // namespace

BalanceBars::BalanceBars(QWidget* parent)
    : PlotWidget(parent),
      m_normal(addBars(plot(), tr("load"))),
      m_hot(addBars(plot(), tr("hot, over %1×").arg(hotFrom))),
      m_dead(addBars(plot(), tr("dead, no token"))),
      m_outlined(addBars(plot(), tr("chosen"))),
      m_even(plot().addGraph()) {
    setAccessibleName(tr("Expert load"));
    m_even->setName(tr("even share"));
    plot().xAxis->setLabel(tr("expert"));
    plot().yAxis->setLabel(tr("load / even share"));
    auto whole = QSharedPointer<QCPAxisTickerFixed>::create();
    whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    whole->setTickCount(10);
    plot().xAxis->setTicker(whole);
    plot().xAxis->setSubTicks(false);
    plot().xAxis->grid()->setVisible(false);
    m_outlined->removeFromLegend();
    m_outlined->setBrush(Qt::NoBrush);
    legendAbove(legendColumns);
    connect(&plot(), &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        setFocus(Qt::MouseFocusReason);  // not the plot within
        if (const int expert = expertAt(event->pos()); expert >= 0) emit expertChosen(expert);
    });
    connect(&plot(), &QCustomPlot::mouseMove, this,
            [this](QMouseEvent* event) { hover(event->pos(), event->globalPosition().toPoint()); });
    applyStyle();
    showLoads();
}

void BalanceBars::restyle() {
    const auto fill = [&](QCPBars* bars, const QColor& colour, Qt::BrushStyle style) {
        bars->setPen(QPen(colour, 0));
        bars->setBrush(QBrush(colour, style));
    };
    fill(m_normal, loadColour, Qt::SolidPattern);
    fill(m_hot, hotColour, Qt::BDiagPattern);
    fill(m_dead, guideColour(),
         Qt::DiagCrossPattern);  // faint: a column of nothing must not look like the highest load
    m_even->setPen(QPen(textColour(), 2, Qt::DashLine));
    outline();
}

void BalanceBars::setSharedNeurons(int neurons) {
    if (neurons == m_sharedNeurons) return;
    m_sharedNeurons = neurons;
    showLoads();
}

void BalanceBars::setLoad(const std::shared_ptr<const LoadSnapshot>& load, int layer) {
    m_load.clear();
    m_layer = layer;
    const int row = load ? layer - load->first_layer : -1;
    if (load && row >= 0 && row < load->layers && load->experts > 0 &&
        load->load.size() ==
            static_cast<std::size_t>(load->layers) * static_cast<std::size_t>(load->experts)) {
        const auto first = load->load.begin() + std::ptrdiff_t{row} * load->experts;
        m_load.assign(first, first + load->experts);
        m_when = tr("%1 %2").arg(load->stage == Stage::layerwise ? tr("round") : tr("step")).arg(load->step);
    }
    showLoads();
}

void BalanceBars::setLoads(const std::vector<float>& loads, int layer, const QString& when) {
    m_load.assign(loads.begin(), loads.end());
    m_layer = layer;
    m_when = when;
    showLoads();
}

void BalanceBars::setExpert(int expert) {
    m_expert = expert;
    outline();
}

void BalanceBars::setRun(const QString& run) {
    if (run == m_run) return;
    m_run = run;
    showLoads();
}

void BalanceBars::leaveLegendOut() {
    m_legendOut = true;
    QCPLegend* legend = plot().legend;
    legend->setVisible(false);
    plot().plotLayout()->take(legend);
    plot().plotLayout()->simplify();
    plot().axisRect()->insetLayout()->addElement(legend, Qt::AlignTop | Qt::AlignRight);
    touch();
}

void BalanceBars::prepareExport(bool exporting) {
    if (!m_legendOut) return;
    if (!exporting) return leaveLegendOut();
    legendAbove(legendColumns);
    applyStyle();  // as it is above the data
}

void BalanceBars::reachTo(double load) {
    if (load == m_reach) return;
    m_reach = load;
    showLoads();
}

double BalanceBars::highest() const {
    return m_load.empty() ? 0 : *std::ranges::max_element(m_load);
}

int BalanceBars::deadExperts() const {
    return static_cast<int>(std::ranges::count_if(m_load, [](double load) { return load <= 0; }));
}

int BalanceBars::hotExperts() const {
    return static_cast<int>(std::ranges::count_if(m_load, [](double load) { return load > hotFrom; }));
}

void BalanceBars::showLoads() {
    QVector<double> keys[3], values[3];  // normal, hot, dead
    const double top = std::max({hotFrom, m_reach, highest()}) * 1.15;
    for (std::size_t expert = 0; expert < m_load.size(); ++expert) {
        const double load = m_load[expert];
        const int kind = load <= 0 ? 2 : load > hotFrom ? 1 : 0;
        keys[kind].append(static_cast<double>(expert));
        values[kind].append(kind == 2 ? top : load);
    }
    m_normal->setData(keys[0], values[0], true);
    m_hot->setData(keys[1], values[1], true);
    m_dead->setData(keys[2], values[2], true);
    const double experts = std::max(1.0, static_cast<double>(m_load.size()));
    m_even->setData({-0.7, experts - 0.3}, {1, 1}, true);
    plot().xAxis->setRange(-0.7, experts - 0.3);
    plot().yAxis->setRange(0, top);
    outline();

    if (m_load.empty()) return setTitle(tr("Layer %1 · no expert load yet").arg(m_layer));
    QString text = m_run.isEmpty() ? QString() : m_run + QStringLiteral(" · ");
    text += tr("Layer %1 · expert load, %2 · %3 dead · %4 hot (over %5×)")
                .arg(m_layer)
                .arg(m_when)
                .arg(deadExperts())
                .arg(hotExperts())
                .arg(hotFrom);
    if (m_sharedNeurons > 0) text += tr(" · %1 shared neurons, always on").arg(m_sharedNeurons);
    setTitle(text);
}

double BalanceBars::barTop(int expert) const {
    const double load = m_load[static_cast<std::size_t>(expert)];
    return load <= 0 ? plot().yAxis->range().upper : load;
}

void BalanceBars::outline() {
    const bool shown = m_expert >= 0 && m_expert < std::ssize(m_load);
    m_outlined->setPen(QPen(hasFocus() ? palette().color(QPalette::Highlight) : textColour(), 2));
    m_outlined->setData(shown ? QVector<double>{static_cast<double>(m_expert)} : QVector<double>{},
                        shown ? QVector<double>{barTop(m_expert)} : QVector<double>{});
    touch();
}

QRect BalanceBars::barRect(int expert) const {
    if (expert < 0 || static_cast<std::size_t>(expert) >= m_load.size()) return {};
    settle();
    const double top = barTop(expert);
    const double left = plot().xAxis->coordToPixel(expert - 0.4),
                 right = plot().xAxis->coordToPixel(expert + 0.4);
    return QRectF(QPointF(left, plot().yAxis->coordToPixel(top)),
                  QPointF(right, plot().yAxis->coordToPixel(0)))
        .toRect();
}

int BalanceBars::yOf(double load) const {
    settle();
    return qRound(plot().yAxis->coordToPixel(load));
}

Table BalanceBars::table() const {
    Table table{{tr("expert"), tr("load / even share"), tr("remark")}, {}};
    for (std::size_t expert = 0; expert < m_load.size(); ++expert) {
        const double load = m_load[expert];
        table.rows.push_back({QString::number(expert), csvNumber(load), loadRemark(load)});
    }
    return table;
}

int BalanceBars::expertAt(QPoint inPlot) const {
    const auto expert = static_cast<int>(std::lround(plot().xAxis->pixelToCoord(inPlot.x())));
    const bool onBars =
        plot().axisRect()->rect().contains(inPlot) && expert >= 0 && expert < std::ssize(m_load);
    return onBars ? expert : -1;
}

void BalanceBars::hover(QPoint inPlot, QPoint global) {
    const int expert = expertAt(inPlot);
    if (expert < 0) return QToolTip::hideText();
    const double load = m_load[static_cast<std::size_t>(expert)];
    QToolTip::showText(global, tr("expert %1 · %2 times an even share").arg(expert).arg(load, 0, 'f', 2),
                       this);
    emit expertHovered(expert, load);
}

void BalanceBars::keyPressEvent(QKeyEvent* event) {
    const int step = (event->key() == Qt::Key_Right) - (event->key() == Qt::Key_Left);
    if (m_load.empty() || step == 0) return PlotWidget::keyPressEvent(event);
    emit expertChosen(std::clamp(m_expert + step, 0, static_cast<int>(std::ssize(m_load)) - 1));
}

void BalanceBars::focusInEvent(QFocusEvent*) {
    outline();
}
void BalanceBars::focusOutEvent(QFocusEvent*) {
    outline();
}

}  // namespace dotmoe
