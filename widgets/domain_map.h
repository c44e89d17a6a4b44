// Which experts serve which domain of text, in one layer.
#pragma once

#include <memory>

#include "events/expert_profile.h"
#include "widgets/expert_grid.h"

namespace dotmoe {

/// Domains down, experts along: log2 of the affinity, so that half and twice are as far from 0.
class DomainMap : public ExpertGrid {
    Q_OBJECT
  public:
    explicit DomainMap(QWidget* parent = nullptr);

    static constexpr double end = 2;  ///< of the scale: four times as many tokens as by size

    Table table() const override;

  public slots:
    /// Null: none.
    void setProfile(const std::shared_ptr<const dotmoe::ExpertProfile>& profile);

  protected:
    QString inWords(int row, int expert) const override;
    QString inShort(int row, int expert) const override;

  private:
    double affinity(int domain, int expert) const;

    std::shared_ptr<const ExpertProfile> m_profile;
};

}  // namespace dotmoe
