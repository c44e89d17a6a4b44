// Side by side tab: what the window shows, and beside it another layer, moment or run on the same axes.
#pragma once

#include <QWidget>
#include <array>
#include <memory>

#include "app/studio/second_view.h"

class QAction;
class QHBoxLayout;
class QLabel;

namespace dotmoe {
class BalanceBars;
class PlanHeatmap;
}  // namespace dotmoe

namespace dotmoe::studio {

/// Left: what it is given. Right: a SecondView of its own. Draws nothing while it is hidden.
class SidePanel : public QWidget {
    Q_OBJECT

  public:
    /// `modes`: soft, hard, difference, as in the Transport tab; for both sides.
    SidePanel(const Timeline& timeline, const std::array<QAction*, 3>& modes, QWidget* parent = nullptr);

    void setLayer(int layer);
    void setPlan(const std::shared_ptr<const PlanSnapshot>& plan);
    void setLoad(const std::shared_ptr<const LoadSnapshot>& load);
    /// Checkable: each neuron on the right in the row that it has on the left.
    QAction* rowsAsLeft() const { return m_rows; }

  signals:
    void refused(const QString& path, const QString& reason);
    void unreadable(const QString& reason);

  protected:
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    struct Side {
        QLabel* heading;
        PlanHeatmap* plan;
        BalanceBars* loads;
    };
    /// `name` begins the object names; the others are for people.
    static Side makeSide(const QString& name, const QString& plan, const QString& loads);
    QHBoxLayout* buildBar(const std::array<QAction*, 3>& modes);
    QLayout* buildHead();
    QWidget* buildViews();
    void wire();

    void showLeft();
    void showRight();
    void showLoads();
    /// Headings, and what differs.
    void tell();
    /// The window of one plan for the other.
    void link(const Side& from, const PlanSnapshot* plan, const Side& to, const PlanSnapshot* other);

    const Timeline& m_timeline;
    SecondView m_second;
    Side m_left, m_right;
    QAction* m_rows;
    QLabel* m_difference;
    int m_layer = -1;
    std::shared_ptr<const PlanSnapshot> m_plan;
    std::shared_ptr<const LoadSnapshot> m_load;
    /// What the right shows, and whose rows it has.
    std::shared_ptr<const PlanSnapshot> m_shown, m_shownRows;
    bool m_linking = false;
};

}  // namespace dotmoe::studio
