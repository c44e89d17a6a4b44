#include "widgets/expert_map.h"

#include <QAction>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>

#include "widgets/routing_access.h"

namespace dotmoe {
namespace {

bool isConsistent(const TokenRouting& routing) {
    if (routing.layers <= 0 || routing.experts <= 0) return false;
    const auto layers = static_cast<std::size_t>(routing.layers);
    const auto cells = layers * static_cast<std::size_t>(routing.experts);
    return routing.logit.size() == cells && routing.on.size() == cells && routing.dense.size() == layers;
}

std::size_t indexOf(const TokenRouting& routing, const ExpertMap::Cell& cell) {
    return static_cast<std::size_t>(cell.layer) * static_cast<std::size_t>(routing.experts) +
           static_cast<std::size_t>(cell.expert);
}

}  // namespace

ExpertMap::ExpertMap(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("All experts of one token"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    addActions();
    setRouting(nullptr);
}

void ExpertMap::addActions() {
    const auto add = [this](const char* name, Qt::Key key, auto&& triggered) {
        auto* action = new QAction(this);
        action->setObjectName(QString::fromLatin1(name));
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, triggered);
        addAction(action);
        return action;
    };
    m_on = add("forceOn", Qt::Key_F, [this] { emit forceWanted(m_chosen->layer, m_chosen->expert, true); });
    m_off =
        add("forceOff", Qt::Key_X, [this] { emit forceWanted(m_chosen->layer, m_chosen->expert, false); });
    m_free =
        add("freeExpert", Qt::Key_Delete, [this] { emit freeWanted(m_chosen->layer, m_chosen->expert); });
}

void ExpertMap::nameActions() {
    const bool possible = m_chosen && m_routing->dense[static_cast<std::size_t>(m_chosen->layer)] == 0;
    const QString expert =
        m_chosen ? tr("expert %1 of layer %2").arg(m_chosen->expert).arg(m_chosen->layer) : tr("an expert");
    m_on->setText(tr("&Force %1 on").arg(expert));
    m_off->setText(tr("Force %1 o&ff").arg(expert));
    m_free->setText(tr("&Leave %1 to the router").arg(expert));
    m_on->setEnabled(possible);
    m_off->setEnabled(possible);
    m_free->setEnabled(possible && markOf(*m_chosen) != nullptr);
}

void ExpertMap::setRouting(std::shared_ptr<const TokenRouting> routing) {
    m_routing = routing && isConsistent(*routing) ? std::move(routing) : nullptr;
    if (m_chosen &&
        (!m_routing || m_chosen->layer >= m_routing->layers || m_chosen->expert >= m_routing->experts))
        m_chosen.reset();
    setMinimumSize(minimumSizeHint());
    setAccessibleDescription(m_chosen ? inWords(*m_chosen) : title());
    nameActions();
    update();
}

void ExpertMap::setMarks(std::vector<ExpertMark> marks) {
    m_marks = std::move(marks);
    nameActions();
    update();
}

void ExpertMap::setLayer(int layer) {
    m_layer = layer;
    update();
}

const ExpertMark* ExpertMap::markOf(const Cell& cell) const {
    const auto found = std::ranges::find_if(m_marks, [&](const ExpertMark& mark) {
        return mark.layer == cell.layer && mark.expert == cell.expert;
    });
    return found == m_marks.end() ? nullptr : &*found;
}

bool ExpertMap::isOn(const Cell& cell) const {
    const auto* mark = markOf(cell);  // at once, before the answer that obeys it comes
    return mark ? mark->on : m_routing->on[indexOf(*m_routing, cell)] != 0;
}

float ExpertMap::logit(const Cell& cell) const {
    return m_routing->logit[indexOf(*m_routing, cell)];
}

QString ExpertMap::title() const {
    if (!m_routing)
        return tr("Convert a model or open a conversion, then select a token to force its experts");
    return tr("Token %1 “%2”: router logits of all experts")
        .arg(m_routing->token)
        .arg(printable(m_routing->text));
}

QString ExpertMap::inWords(const Cell& cell) const {
    if (m_routing->dense[static_cast<std::size_t>(cell.layer)] != 0)
        return tr("layer %1 is still dense").arg(cell.layer);
    const QString state = markOf(cell) ? (isOn(cell) ? tr("forced on") : tr("forced off"))
                          : isOn(cell) ? tr("on")
                                       : tr("off");
    return tr("layer %1 · expert %2 · logit %3 · %4")
        .arg(cell.layer)
        .arg(cell.expert)
        .arg(logit(cell), 0, 'f', 3)
        .arg(state);
}

void ExpertMap::choose(const Cell& cell) {
    m_chosen = cell;
    setAccessibleDescription(inWords(cell));
    nameActions();
    update();
    emit layerClicked(cell.layer);
}

void ExpertMap::turnRound() {
    if (!m_chosen || !m_on->isEnabled()) return;
    if (markOf(*m_chosen)) return m_free->trigger();
    (isOn(*m_chosen) ? m_off : m_on)->trigger();
}

Table ExpertMap::table() const {
    Table table{{tr("layer"), tr("expert"), tr("logit"), tr("on"), tr("forced")}, {}};
    for (int layer = 0; m_routing && layer < m_routing->layers; ++layer) {
        if (m_routing->dense[static_cast<std::size_t>(layer)] != 0) continue;
        for (int expert = 0; expert < m_routing->experts; ++expert) {
            const Cell cell{layer, expert};
            table.rows.push_back({QString::number(layer), QString::number(expert), csvNumber(logit(cell)),
                                  QString::number(isOn(cell) ? 1 : 0),
                                  QString::number(markOf(cell) ? 1 : 0)});
        }
    }
    return table;
}

void ExpertMap::mouseMoveEvent(QMouseEvent* event) {
    const auto cell = cellAt(event->position().toPoint());
    cell ? QToolTip::showText(event->globalPosition().toPoint(), inWords(*cell), this) : QToolTip::hideText();
}

void ExpertMap::mousePressEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position().toPoint())) choose(*cell);  // the menu's too
}

void ExpertMap::mouseDoubleClickEvent(QMouseEvent* event) {
    const auto cell = cellAt(event->position().toPoint());
    if (!cell || event->button() != Qt::LeftButton) return;
    choose(*cell);
    turnRound();
}

void ExpertMap::keyPressEvent(QKeyEvent* event) {
    const int right = (event->key() == Qt::Key_Right) - (event->key() == Qt::Key_Left);
    const int down = (event->key() == Qt::Key_Down) - (event->key() == Qt::Key_Up);
    if (m_routing && event->key() == Qt::Key_Space) return turnRound();
    if (!m_routing || (right == 0 && down == 0)) return QWidget::keyPressEvent(event);
    const Cell from = m_chosen.value_or(Cell{std::max(0, m_layer) - down, -right});
    choose({std::clamp(from.layer + down, 0, m_routing->layers - 1),
            std::clamp(from.expert + right, 0, m_routing->experts - 1)});
}

}  // namespace dotmoe
